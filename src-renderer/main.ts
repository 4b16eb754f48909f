/** Entry of the workbench: puts the application together and mounts it. */
import './strict-csp.ts';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './theme/global.css';
import { createApp } from 'vue';
import { createPinia } from 'pinia';
import App from './App.vue';
import { createWorkbenchRouter } from './router.ts';
import { rememberAddresses } from './frame/sections.ts';
import { useNotificationsStore } from './stores/notifications.ts';

const app = createApp(App);
app.use(createPinia());
const router = createWorkbenchRouter();
rememberAddresses(router);
app.use(router);
const notifications = useNotificationsStore();
app.config.errorHandler = (error) => {
  console.error(error);
  notifications.showError(error);
};
window.addEventListener('unhandledrejection', (event) => notifications.showError(event.reason));
app.mount('#app');
