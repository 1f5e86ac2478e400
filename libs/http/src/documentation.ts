import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ControllerRoute } from './direct-routes.js';
import type { DocumentedService } from './openapi-document.js';
import { Problem } from './problem.js';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = (title: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
<main id="swagger-ui"></main>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;
const CONTENT_SECURITY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** `GET /docs` and `GET /openapi.json`. Nothing is loaded or kept in memory before the first of them is asked for. */
export function serveDocumentation(
  instance: FastifyInstance,
  app: NestFastifyApplication,
  service: DocumentedService,
  routes: () => readonly ControllerRoute[],
): void {
  let document: Promise<string> | undefined;
  instance.get('/openapi.json', async (_request, reply) => {
    document ??= import('./openapi-document.js').then(async ({ openApiDocument }) =>
      JSON.stringify(await openApiDocument(app, routes(), service)),
    );
    return reply.header('content-type', 'application/json; charset=utf-8').send(await document);
  });
  for (const address of ['/docs', '/docs/']) {
    instance.get(address, (_request, reply) => {
      reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CONTENT_SECURITY })
        .send(PAGE(`FalconPay ${service.name}`));
    });
  }
  instance.get('/docs/assets/start.js', (_request, reply) => {
    reply.header('content-type', 'text/javascript; charset=utf-8').send(START);
  });
  instance.get<{ Params: { asset: string } }>('/docs/assets/:asset', (request, reply) => {
    const { asset } = request.params;
    const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (type === undefined) throw new Problem('not-found', 'No such file.');
    reply.header('content-type', type).send(createReadStream(join(assetFolder(), asset)));
  });
}

/** `swagger-ui-dist` comes with `@nestjs/swagger`. */
function assetFolder(): string {
  const ours = createRequire(import.meta.url);
  return dirname(createRequire(ours.resolve('@nestjs/swagger/package.json')).resolve('swagger-ui-dist/package.json'));
}
