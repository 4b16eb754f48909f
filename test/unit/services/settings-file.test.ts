/** The settings in their file: kept, shared, and never the reason that nothing works. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { SettingsFile } from '#main/services/settings-file.ts';
import { defaultSettings } from '#shared/contract/settings.ts';
import { aFolder } from '../../fixtures/record.ts';

const log = pino({ level: 'silent' });
const aFile = (path = join(aFolder(), 'data', 'settings.json')) => ({ path, settings: new SettingsFile(path, log) });

it('are as by default until something is chosen, and then the same for every host that reads them', () => {
  const { path, settings } = aFile();
  expect(settings.read()).toEqual(defaultSettings);
  expect(settings.change({ theme: 'dark' })).toEqual({ ...defaultSettings, theme: 'dark' });
  const { settings: other } = aFile(path);
  other.change({ isRailCollapsed: true, theme: undefined });
  expect(settings.read()).toEqual({ theme: 'dark', isRailCollapsed: true });
});

it.each(['', '{', '[]', '{"theme": "pink", "isRailCollapsed": 1}'])(
  'are as by default where the file holds %j, and can be changed',
  (text) => {
    const { path, settings } = aFile(join(aFolder(), 'settings.json'));
    writeFileSync(path, text);
    expect(settings.read()).toEqual(defaultSettings);
    expect(settings.change({ theme: 'light' }).theme).toBe('light');
  },
);

it('of another version of Tessera stay in the file', () => {
  const { path, settings } = aFile(join(aFolder(), 'settings.json'));
  writeFileSync(path, '{"theme": "light", "language": "de"}');
  settings.change({ theme: 'dark' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ theme: 'dark', language: 'de' });
});

it('that cannot be written say where', () => {
  const path = join(aFolder(), 'settings.json');
  mkdirSync(path);
  expect(() => new SettingsFile(path, log).change({ theme: 'dark' })).toThrow(
    expect.objectContaining({ code: 'settings.notWritten', message: expect.stringContaining(path) }),
  );
});
