import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { sagas, topics } from '@falconpay/contracts/choreography';
import { asyncApi } from './asyncapi.js';
import { exampleEvent } from './event-examples.js';
import { eventPages, publishedSchema } from './event-pages.js';

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);

interface AsyncApiDocument {
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly operations: Readonly<Record<string, { readonly action: string; readonly bindings: { readonly kafka: object } }>>;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { headers: object; payload: object; examples: readonly { headers: unknown; payload: unknown }[] }>
    >;
  };
}
const document = JSON.parse([...asyncApi(sagas, topics, '1.2.3').values()][0] ?? '') as AsyncApiDocument;

describe.each(topics.map((topic) => [topic.name, topic] as const))('the documents of %s', (name, topic) => {
  it('show an example that the published schema accepts', () => {
    const validate = ajv.compile(publishedSchema(topic));
    expect({ valid: validate(exampleEvent(topic)), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  it('show headers and a payload that AsyncAPI accepts', () => {
    const message = document.components.messages[`${name}.v${topic.version}`];
    expect(ajv.validate(message!.headers, message!.examples[0]!.headers)).toBe(true);
    expect(ajv.validate(message!.payload, message!.examples[0]!.payload)).toBe(true);
  });

  it('have a page and a schema file', () => {
    const pages = eventPages(sagas, topics);
    expect(pages.get(`docs/events/${name}.md`)).toContain(`# ${name}`);
    expect(JSON.parse(pages.get(`docs/events/${name}.v${topic.version}.schema.json`) ?? '')).toEqual(
      JSON.parse(JSON.stringify(publishedSchema(topic))),
    );
  });
});

describe('asyncapi.json', () => {
  it('says who sends and who receives, in which group, and where dead letters go', () => {
    expect(document.operations['payment.send.payment.created']?.action).toBe('send');
    expect(document.operations['wallet.receive.payment.created']?.bindings.kafka).toEqual({
      groupId: { type: 'string', const: 'falconpay.wallet' },
      bindingVersion: '0.5.0',
    });
    expect(document.channels['payment.created.falconpay.wallet.dlq']?.address).toBe('payment.created.falconpay.wallet.dlq');
    expect(document.operations['wallet.receive.payment.created.falconpay.wallet.retry']?.action).toBe('receive');
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));
    expect(references.length).toBeGreaterThan(0);
    for (const path of references) {
      const target = path.reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
      expect({ path, found: target !== undefined }).toEqual({ path, found: true });
    }
  });

  it('is the same each time', () => {
    expect([...asyncApi(sagas, topics, '1')]).toEqual([...asyncApi(sagas, topics, '1')]);
  });
});
