/** Devices with a made-up slow one: what it is and lacks, profiles with progress, cancel and resume, and what was measured in the library. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { socketStream } from '#main/device/streams.ts';
import { fakeMachine, serveFakeAgent, type FakeDevice } from '#test/fixtures/fake-agent.ts';
import { appForEachTest } from './app-for-each-test.ts';
import { Editor } from './editor-page.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

/** An agent that listens; its device can be made faster while it works. */
let server: Server;
let device: { steps: number; stepMs: number };
beforeEach(async () => {
  device = { steps: 100, stepMs: 200 };
  const sockets = new WebSocketServer({ noServer: true });
  const made: FakeDevice = {
    get steps() {
      return device.steps;
    },
    get stepMs() {
      return device.stepMs;
    },
    machine: { ...fakeMachine, host: 'board' },
  };
  server = createServer().on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => serveFakeAgent(socketStream(client), made)),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  vi.stubEnv('TESSERA_AGENT_TOKEN', 'made-up');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

test('a device is looked at, measured, given up, resumed, and its profile is in the library', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/devices');
  await page.getByLabel('Machine: empty for this one').fill(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await page.getByRole('button', { name: 'Look' }).click();

  const machine = page.getByRole('region', { name: 'The machine' });
  await machine.getByRole('heading', { name: 'board' }).waitFor();
  expect(await machine.getByLabel('State now').innerText()).toMatch(
    /policy0 2\s?400 MHz[^]*Temperature now\s+not readable[^]*Provider webgpu\s+compiled in; whether it answers was not tried/,
  );
  expect(await machine.getByRole('region', { name: 'What is missing' }).innerText()).toContain('Temperatures are not');

  const form = page.getByRole('region', { name: 'Profile', exact: true });
  await editor.choose(form.locator('.n-select').nth(0), 'SqueezeNet 1.1');
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Measure' }).click();
  const work = page.getByRole('region', { name: 'Work on devices' });
  await work.getByText('made-up device: measuring', { exact: false }).waitFor();
  expect(await form.getByRole('button', { name: 'Measure' }).isDisabled()).toBe(true);
  await work.getByRole('button', { name: 'Cancel' }).click();
  await work.getByText(/cancelled after/).waitFor();

  device = { steps: 2, stepMs: 5 };
  await work.getByRole('button', { name: 'Resume' }).click();
  await work.getByText(/finished after/).waitFor();
  await work.getByText('calm').first().waitFor();
  await work.getByRole('link', { name: 'squeezenet-1.1' }).first().click();
  await page.waitForURL(/#\/profiles\/squeezenet-1\.1-device-board$/);
  await page.getByText('SqueezeNet 1.1 on board').first().waitFor();
});
