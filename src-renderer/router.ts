/** The address of every page. */
import { createRouter, createWebHashHistory, type RouteRecordRaw, type Router, type RouterHistory } from 'vue-router';
import { defineComponent, h, type Component } from 'vue';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { runTabs } from './features/run/run-tabs.ts';

declare module 'vue-router' {
  interface RouteMeta {
    readonly title?: string;
    /** Which entry of the rail it belongs to. */
    readonly section?:
      | 'home'
      | 'runs'
      | 'compare'
      | 'pareto'
      | 'sweeps'
      | 'platforms'
      | 'networks'
      | 'profiles'
      | 'devices'
      | 'scenarios'
      | 'settings'
      | 'help';
  }
}

/** A part of a page that is loaded when it is first opened. */
type Part = () => Promise<{ readonly default: Component }>;

/**
 * The page of a document: the editor of its kind within the frame that all kinds share.
 * @param actions next to its title
 */
const documentPage = (kind: DocumentKind, editor: Part, actions?: Part) => async (): Promise<Component> => {
  const [frame, content, beside] = await Promise.all([import('./editing/EditorFrame.vue'), editor(), actions?.()]);
  const slots = {
    default: () => h(content.default),
    ...(beside === undefined ? {} : { actions: () => h(beside.default) }),
  };
  return defineComponent({ name: 'DocumentPage', render: () => h(frame.default, { kind }, slots) });
};

const pages: readonly RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    component: () => import('./features/home/HomePage.vue'),
    meta: { title: 'Home', section: 'home' },
  },
  {
    path: '/runs',
    name: 'runs',
    component: () => import('./features/runs/RunsPage.vue'),
    meta: { title: 'Runs', section: 'runs' },
  },
  {
    path: '/runs/new',
    name: 'newRun',
    component: () => import('./features/new-run/NewRunPage.vue'),
    meta: { title: 'New run', section: 'runs' },
  },
  {
    path: `/runs/:id([1-9]\\d*)/:tab(${runTabs.join('|')})?`,
    name: 'run',
    component: () => import('./features/run/RunPage.vue'),
    meta: { title: 'Run', section: 'runs' },
  },
  {
    path: '/runs/:id([1-9]\\d*)/report',
    name: 'report',
    component: () => import('./features/export/report/ReportPage.vue'),
    meta: { title: 'Report', section: 'runs' },
  },
  {
    path: '/pareto/:runs?',
    name: 'pareto',
    component: () => import('./features/pareto/ParetoPage.vue'),
    meta: { title: 'Pareto', section: 'pareto' },
  },
  {
    path: '/sweeps',
    name: 'sweeps',
    component: () => import('./features/sweeps/SweepsPage.vue'),
    meta: { title: 'Sweeps', section: 'sweeps' },
  },
  {
    path: '/sweeps/:id([1-9]\\d*)',
    name: 'sweep',
    component: () => import('./features/sweeps/SweepPage.vue'),
    meta: { title: 'Sweep', section: 'sweeps' },
  },
  {
    path: '/compare/:sides?',
    name: 'compare',
    component: () => import('./features/compare/ComparePage.vue'),
    meta: { title: 'Compare', section: 'compare' },
  },
  {
    path: '/compare/:sides/report',
    name: 'comparisonReport',
    component: () => import('./features/export/report/ComparisonReportPage.vue'),
    meta: { title: 'Report', section: 'compare' },
  },
  {
    path: '/platforms',
    name: 'platforms',
    component: () => import('./features/library/DocumentsPage.vue'),
    props: { kind: 'platform' },
    meta: { title: 'Platforms', section: 'platforms' },
  },
  {
    path: '/platforms/:id',
    name: 'platform',
    component: documentPage('platform', () => import('./features/platforms/PlatformEditor.vue')),
    meta: { title: 'Platform', section: 'platforms' },
  },
  {
    path: '/networks',
    name: 'networks',
    component: () => import('./features/library/DocumentsPage.vue'),
    props: { kind: 'network' },
    meta: { title: 'Networks', section: 'networks' },
  },
  {
    path: '/networks/:id',
    name: 'network',
    component: documentPage('network', () => import('./features/networks/NetworkEditor.vue')),
    meta: { title: 'Network', section: 'networks' },
  },
  {
    path: '/profiles',
    name: 'profiles',
    component: () => import('./features/library/DocumentsPage.vue'),
    props: { kind: 'profile' },
    meta: { title: 'Profiles', section: 'profiles' },
  },
  {
    path: '/profiles/:id',
    name: 'profile',
    component: documentPage('profile', () => import('./features/profiles/ProfileEditor.vue')),
    meta: { title: 'Profile', section: 'profiles' },
  },
  {
    path: '/devices',
    name: 'devices',
    component: () => import('./features/devices/DevicesPage.vue'),
    meta: { title: 'Devices', section: 'devices' },
  },
  {
    path: '/scenarios',
    name: 'scenarios',
    component: () => import('./features/library/DocumentsPage.vue'),
    props: { kind: 'scenario' },
    meta: { title: 'Scenarios', section: 'scenarios' },
  },
  {
    path: '/scenarios/:id',
    name: 'scenario',
    component: documentPage(
      'scenario',
      () => import('./features/scenarios/ScenarioEditor.vue'),
      () => import('./features/scenarios/RunScenario.vue'),
    ),
    meta: { title: 'Scenario', section: 'scenarios' },
  },
  {
    path: '/library/:kind(platforms|networks|profiles|scenarios)?/:id?',
    redirect: ({ params: { kind, id } }) =>
      [
        '',
        typeof kind === 'string' && kind !== '' ? kind : 'scenarios',
        ...(typeof id === 'string' && id !== '' ? [encodeURIComponent(id)] : []),
      ].join('/'),
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./features/settings/SettingsPage.vue'),
    meta: { title: 'Settings', section: 'settings' },
  },
  {
    path: '/help/:page?',
    name: 'help',
    component: () => import('./features/help/HelpPage.vue'),
    meta: { title: 'Help', section: 'help' },
  },
  // Of shared components and plots, for those who develop them: a production build has neither the page nor this address.
  ...(import.meta.env.DEV
    ? [
        {
          path: '/gallery',
          name: 'gallery',
          component: () => import('#test/gallery/GalleryPage.vue'),
          meta: { title: 'Gallery' },
        },
      ]
    : []),
  {
    path: '/:path(.*)*',
    name: 'notFound',
    component: () => import('./features/errors/NotFoundPage.vue'),
    meta: { title: 'Not found' },
  },
];

export function createWorkbenchRouter(history: RouterHistory = createWebHashHistory()): Router {
  const router = createRouter({ history, routes: [...pages] });
  router.afterEach((to) => {
    document.title =
      to.meta.title === undefined || to.meta.section === 'home' ? 'Tessera' : `${to.meta.title} · Tessera`;
  });
  return router;
}
