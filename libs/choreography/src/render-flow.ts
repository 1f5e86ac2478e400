import { servicesEmitting, servicesHearing, servicesOf } from './participants.js';
import type { Saga } from './saga.js';
import type { Topic } from './topic.js';

/** Who hears whom, over all sagas: a mermaid flowchart with one arrow per publisher, topic and hearer. */
export function renderFlow(sagas: readonly Saga[], topics: readonly Topic[]): string {
  const services = servicesOf(sagas).map((service) => `${idOf(service)}[${service}]`);
  const arrows = topics.flatMap((topic) =>
    servicesEmitting(sagas, topic).flatMap((from) =>
      servicesHearing(sagas, topic).map((to) => `${idOf(from)} -->|${topic.name}| ${idOf(to)}`),
    ),
  );
  return `${['flowchart LR', ...[...services, ...arrows].map((line) => `  ${line}`)].join('\n')}\n`;
}

const idOf = (service: string): string => service.replaceAll('-', '_');
