import type { FastifyInstance } from 'fastify';
import { PROBLEM_TYPES, type ProblemType } from './problem-types.js';
import { Problem } from './problem.js';

/** The pages the problems' `type` URIs lead to. */
export function serveProblemPages(instance: FastifyInstance): void {
  const types = new Map<string, ProblemType>(Object.entries(PROBLEM_TYPES));
  const send = (title: string, body: string) =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><main>${body}</main></html>`;
  const html = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" };
  instance.get('/problems', (_request, reply) => {
    const rows = [...types].map(
      ([code, { status, title }]) => `<li><a href="/problems/${code}">${code}</a> (${status}): ${escapeHtml(title)}</li>`,
    );
    reply.headers(html).send(send('Problems', `<h1>Problems</h1><ul>${rows.join('')}</ul>`));
  });
  instance.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const { code } = request.params;
    const found = types.get(code);
    if (!found) throw new Problem('not-found', 'No problem has this code.');
    const retry = found.retryable ? 'The same request may succeed later.' : 'Repeating the same request will not help.';
    reply
      .headers(html)
      .send(
        send(code, `<h1>${code}</h1><p>${found.status}: ${escapeHtml(found.title)}.</p><p>${escapeHtml(found.doc)}</p><p>${retry}</p>`),
      );
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
