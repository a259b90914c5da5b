import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { OpenapiDocument } from './openapi-document.ts';

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">' +
  '<text y="29" font-family="sans-serif" font-size="26" font-weight="600" fill="white">Parley</text></svg>';

/** Serves the API document as a page at `/docs`. The page loads everything from this server. */
export async function addApiPage(app: FastifyInstance, document: OpenapiDocument): Promise<void> {
  // The page supports this dialect, but warns about any that is not its default.
  const { jsonSchemaDialect: _known, ...shown } = document.content;
  await app.register(swagger, {
    mode: 'static',
    specification: { document: shown as unknown as StaticDocumentSpec['document'] },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'list', deepLinking: true, defaultModelsExpandDepth: -1 },
    logo: { type: 'image/svg+xml', content: logo },
    theme: { title: 'Parley: RTC API' },
  });
}
