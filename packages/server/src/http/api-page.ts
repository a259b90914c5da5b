import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { OpenapiDocument } from './openapi-document.ts';

/** The page at `/docs` that shows the API document. Everything it loads comes from this server. */
export async function addApiPage(app: FastifyInstance, document: OpenapiDocument): Promise<void> {
  // The page knows this dialect, but warns about every one that is not its default.
  const { jsonSchemaDialect: _known, ...shown } = document.content;
  await app.register(swagger, {
    mode: 'static',
    specification: { document: shown as never },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'list', deepLinking: true, defaultModelsExpandDepth: -1 },
    logo: null,
    theme: { title: 'Parley: RTC API' },
  });
}
