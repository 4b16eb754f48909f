/** The one registry of commands: what can be done now, by name, by shortcut, from the palette. */
import { shallowReactive } from 'vue';
import { matchesStroke, strokesOf, type KeyPress } from './shortcut.ts';

export interface Command {
  /** `area.verb`, unique. */
  readonly id: string;
  readonly title: string;
  /** Group in the palette and the list of shortcuts. */
  readonly section: string;
  readonly shortcut?: string | undefined;
  /** More words it is found by. */
  readonly keywords?: string;
  /** Whether it can be run now; left out: always. */
  readonly when?: () => boolean;
  /** Whether it goes on while its key is held down, as stepping does. */
  readonly isRepeatable?: boolean;
  /** In the list of shortcuts only, e.g. because it is the palette itself. */
  readonly isHidden?: boolean;
  readonly run: () => unknown;
}

export interface CommandRegistry {
  /** Adds commands; returns the way to remove them. The last registration of an id or a shortcut wins. */
  register(commands: readonly Command[]): () => void;
  /** Every command that can be run now, in order of registration. Reactive. */
  available(): Command[];
  /** @returns false where there is no such command, or it cannot be run now. */
  run(id: string): boolean;
  /** Runs the command of a key press; of one that the keyboard repeats, only where the command is repeatable. @returns whether the key was used. */
  press(press: CommandPress): boolean;
}

export interface CommandPress extends KeyPress {
  /** Whether the key belongs to the control that has the focus: commands of plain keys then leave it alone. */
  readonly isOwned: boolean;
  /** The section of commands that the owner hands its keys on to. */
  readonly ownSection?: string | undefined;
  /** Whether the keyboard repeats a key that is held down. */
  readonly isRepeated?: boolean;
}

/** Longest pause between the strokes of one shortcut, ms. */
const SEQUENCE_MS = 1000;

/** @param now a clock in ms, for the pause between strokes. */
export function createCommandRegistry(now: () => number = () => performance.now()): CommandRegistry {
  const groups = shallowReactive(new Set<readonly Command[]>());
  let earlier: { readonly presses: readonly KeyPress[]; readonly at: number } = {
    presses: [],
    at: Number.NEGATIVE_INFINITY,
  };

  const canRun = (command: Command): boolean => command.when?.() ?? true;
  const mayUse = (command: Command, press: CommandPress): boolean =>
    canRun(command) && (!press.isOwned || isModified(command) || command.section === press.ownSection);
  const all = (): Command[] => {
    const byId = new Map<string, Command>();
    for (const group of groups) for (const command of group) byId.set(command.id, command);
    return [...byId.values()];
  };
  const matches = (command: Command, presses: readonly KeyPress[]): boolean => {
    const strokes = command.shortcut === undefined ? [] : strokesOf(command.shortcut);
    return strokes.length === presses.length && strokes.every((stroke, index) => matchesStroke(stroke, presses[index]));
  };
  const startsWith = (command: Command, presses: readonly KeyPress[]): boolean => {
    const strokes = command.shortcut === undefined ? [] : strokesOf(command.shortcut);
    return strokes.length > presses.length && presses.every((press, index) => matchesStroke(strokes[index], press));
  };

  return {
    register(commands) {
      groups.add(commands);
      return () => groups.delete(commands);
    },
    available: () => all().filter(canRun),
    run(id) {
      const command = all().find((candidate) => candidate.id === id);
      if (command === undefined || !canRun(command)) return false;
      command.run();
      return true;
    },
    press(press) {
      if (press.isRepeated === true) {
        const held = all().findLast((command) => mayUse(command, press) && matches(command, [press]));
        if (held?.isRepeatable !== true) return false;
        held.run();
        return true;
      }
      const time = now();
      const previous = time - earlier.at <= SEQUENCE_MS ? earlier.presses : [];
      earlier = { presses: [], at: time };
      const commands = all().filter((command) => mayUse(command, press));
      for (const presses of previous.length > 0 ? [[...previous, press], [press]] : [[press]]) {
        const command = commands.findLast((candidate) => matches(candidate, presses));
        if (command !== undefined) {
          command.run();
          return true;
        }
        if (commands.some((candidate) => startsWith(candidate, presses))) {
          earlier = { presses, at: time };
          return true;
        }
      }
      return false;
    },
  };
}

/** Whether a shortcut can be used whatever has the focus: plain keys belong to the focused control. */
function isModified(command: Command): boolean {
  return /^(Mod|Alt)\+/.test(command.shortcut ?? '');
}
