/** The settings of the workbench in a small JSON file of the data folder, shared by every host. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { defaultSettings, settingsSchema, type Settings } from '#shared/contract/settings.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { makeFolders } from '../store/database-path.ts';

export class SettingsFile {
  readonly #path: string;
  readonly #log: Logger;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Read each time, because another host may have written. What a person has not chosen, or what cannot be read (logged), is as by default. */
  read(): Settings {
    const content = this.#content();
    const chosen = Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
      const parsed = schema.safeParse(content[name]);
      return parsed.success ? [[name, parsed.data]] : [];
    });
    return settingsSchema.parse({ ...defaultSettings, ...Object.fromEntries(chosen) });
  }

  /** Replaces the file in one step; fields of another version of Tessera stay in it. @throws WorkbenchError `settings.notWritten` */
  change(changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Settings {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    this.#write({ ...this.#content(), ...Object.fromEntries(given) });
    return this.read();
  }

  #write(content: Readonly<Record<string, unknown>>): void {
    try {
      makeFolders(dirname(this.#path));
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
      renameSync(`${this.#path}.new`, this.#path);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
      throw new WorkbenchError('settings.notWritten', `the settings cannot be written to ${this.#path}: ${code}`, {
        hint: 'check who may write there, and how much room is left',
        cause,
      });
    }
  }

  /** A field that no route changes; undefined: not there. */
  field(name: string): unknown {
    return this.#content()[name];
  }

  /** Replaces it in one step. @throws WorkbenchError `settings.notWritten` */
  setField(name: string, value: unknown): void {
    this.#write({ ...this.#content(), [name]: value });
  }

  #content(): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
      throw new TypeError('not a JSON object');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        this.#log.warn({ err: error, path: this.#path }, 'the settings cannot be read');
      return {};
    }
  }
}
