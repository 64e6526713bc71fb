/** A small App Builder app, and what the `aio` CLI sends for it. */

import { call, type ExpectedRequest, JSON_TYPE } from '../expected.ts';

export const AIO = '@adobe/aio-cli';

const DEPLOY_SERVICE = 'deploy-service.app-builder.adp.adobe.io';
const SERVICE = `${DEPLOY_SERVICE}/runtime/api/v1/namespaces/p8e-test-namespace`;

/** The packages of a runtime manifest: one action, with these annotations. */
export const packagesWith = (annotations: string): string =>
  `packages: { site: { actions: { hello: { function: actions/hello.js, web: 'yes', runtime: 'nodejs:22', annotations: { ${annotations} } } } } }`;

/** The files of the app. */
export const appWith = (manifest: string): Readonly<Record<string, string>> => ({
  'actions/hello.js': 'exports.main = () => ({ body: "hello" });\n',
  'app.config.yaml': `application: { runtimeManifest: { ${manifest} } }\n`,
});

export const APP = {
  files: appWith(packagesWith('')),
  packages: [AIO],
  values: {
    AIO_RUNTIME_NAMESPACE: 'p8e-test-namespace',
    AIO_RUNTIME_NAMESPACE_PROD: 'p8e-test-namespace',
  },
};

const list = (name: string, body: readonly object[] = []): ExpectedRequest => ({
  ...call(`GET ${SERVICE}/${name}?`, {}, { body }),
  anyOrder: true,
});
/** The CLI marks what it deploys. */
const MANAGED = { annotations: [{ key: 'whisk-managed', value: { projectName: 'site' } }] };
const LISTS = ['packages', 'actions', 'triggers', 'rules'].map((name) => list(name));

/** What `aio app deploy` sends for the app. `action` is a pattern for the deployed action. */
export function deployWith(action: RegExp): readonly ExpectedRequest[] {
  const put = (path: string, name: string, namespace: string, body: RegExp): ExpectedRequest =>
    call(`PUT ${SERVICE}/${path}?overwrite=true`, JSON_TYPE, { body: { name, namespace } }, body);
  return [
    ...LISTS,
    put('packages/site', 'site', 'p8e-test-namespace', /./),
    put('actions/site/hello', 'hello', 'p8e-test-namespace/site', action),
    ...LISTS,
  ];
}
export const DEPLOY = deployWith(/./);

/** What `aio app undeploy` sends for the app. */
export const UNDEPLOY: readonly ExpectedRequest[] = [
  call(`GET ${SERVICE}/packages/site`, {}, { body: { name: 'site', actions: [] } }),
  list('actions', [{ ...MANAGED, name: 'hello', namespace: 'p8e-test-namespace/site' }]),
  list('triggers'),
  list('rules'),
  list('packages', [{ ...MANAGED, name: 'site', namespace: 'p8e-test-namespace' }]),
  call(`DELETE ${SERVICE}/actions/site/hello`),
  call(`DELETE ${SERVICE}/packages/site`),
];

/** What `aio app deploy` sends first if the project is known. */
export const AUDIT: ExpectedRequest = call(
  `POST ${DEPLOY_SERVICE}/audit-log-api/event-post`,
  JSON_TYPE,
  { body: {} },
  /"operation":"ab_app_deploy"/,
);
