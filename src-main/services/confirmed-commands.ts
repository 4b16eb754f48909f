/** The programs that a person has confirmed on this machine: no other is ever started, whatever names it. Kept with the settings, apart from what routes change there. */
import { z } from 'zod';
import {
  commandKey,
  commandOf,
  externalCommandSchema,
  unconfirmed,
  type ExternalCommand,
} from '#shared/domain/external-command.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { SettingsFile } from './settings-file.ts';

const FIELD = 'confirmedCommands';
/** The oldest are forgotten beyond. */
const MOST = 200;

export class ConfirmedCommands {
  readonly #settings: SettingsFile;

  constructor(settings: SettingsFile) {
    this.#settings = settings;
  }

  /** In the order in which they were confirmed. Read each time, because another host may have written. */
  list(): ExternalCommand[] {
    const entries = z.array(z.unknown()).safeParse(this.#settings.field(FIELD)).data ?? [];
    return entries.flatMap((entry) => externalCommandSchema.safeParse(entry).data ?? []);
  }

  /** @throws WorkbenchError `settings.notWritten` */
  confirm(command: ExternalCommand): void {
    const others = this.list().filter((known) => commandKey(known) !== commandKey(command));
    if (others.length === this.list().length) this.#settings.setField(FIELD, [...others, command].slice(-MOST));
  }

  /** @throws WorkbenchError `settings.notWritten` */
  forget(command: ExternalCommand): void {
    this.#settings.setField(
      FIELD,
      this.list().filter((known) => commandKey(known) !== commandKey(command)),
    );
  }

  /** @throws WorkbenchError `command.unconfirmed` where a run of this configuration would start a program that nobody confirmed */
  assertConfirmed(configuration: SchedulerConfiguration): void {
    const command = commandOf(configuration);
    if (command === undefined) return;
    if (!this.list().some((known) => commandKey(known) === commandKey(command))) throw unconfirmed(command);
  }
}
