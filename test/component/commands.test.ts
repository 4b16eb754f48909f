/** Commands: shortcuts match the keys people press, the registry runs what can be run now, fuzzy search finds it. */
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import { fuzzyFilter } from '#renderer/commands/fuzzy.ts';
import { createCommandRegistry, type Command } from '#renderer/commands/registry.ts';
import { describeShortcut, matchesStroke, type KeyPress } from '#renderer/commands/shortcut.ts';
import { useCommands, useShortcuts } from '#renderer/commands/use-commands.ts';

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress & { isTyping: boolean } => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isTyping: false, ...changes });
const command = (id: string, changes: Partial<Command> = {}): Command => ({ id, title: id, section: 'Test', run: () => undefined, ...changes });

describe('shortcuts', () => {
  it('take Mod for Command on a Mac and for Control elsewhere', () => {
    expect(matchesStroke('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matchesStroke('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matchesStroke('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true);
  });

  it('count Shift for letters, but not for signs that need it', () => {
    expect(matchesStroke('Shift+C', press('C', { shiftKey: true }), false)).toBe(true);
    expect(matchesStroke('c', press('C', { shiftKey: true }), false)).toBe(false);
    expect(matchesStroke('?', press('?', { shiftKey: true }), false)).toBe(true);
  });

  it('read as the keys of the keyboard', () => {
    expect(describeShortcut('Mod+Shift+L', true)).toEqual(['⌘', '⇧', 'L']);
    expect(describeShortcut('g r', false)).toEqual(['G', 'R']);
  });
});

describe('the registry', () => {
  it('runs the command of a shortcut, and says whether the key was used', () => {
    const registry = createCommandRegistry();
    let runs = 0;
    registry.register([command('a', { shortcut: 'n', run: () => runs++ })]);
    expect(registry.press(press('n'))).toBe(true);
    expect(registry.press(press('m'))).toBe(false);
    expect(runs).toBe(1);
  });

  it('leaves plain keys to the text one is typing, but not Mod', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([command('plain', { shortcut: 'n', run: () => ran.push('plain') }), command('mod', { shortcut: 'Mod+Enter', run: () => ran.push('mod') })]);
    registry.press({ ...press('n'), isTyping: true });
    registry.press({ ...press('Enter', { ctrlKey: true }), isTyping: true });
    expect(ran).toEqual(['mod']);
  });

  it('goes on while a key is held down only with commands that are meant to', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([command('step', { shortcut: 'ArrowRight', isRepeatable: true, run: () => ran.push('step') }), command('play', { shortcut: 'Space', run: () => ran.push('play') })]);
    const used = [press('ArrowRight'), { ...press('ArrowRight'), isRepeated: true }, press(' '), { ...press(' '), isRepeated: true }].map((one) => registry.press(one));
    expect(ran).toEqual(['step', 'step', 'play']);
    expect(used).toEqual([true, true, true, false]);
  });

  it('follows two strokes when the second comes soon enough', () => {
    let time = 0;
    const registry = createCommandRegistry(() => time);
    let runs = 0;
    registry.register([command('go', { shortcut: 'g r', run: () => runs++ })]);
    registry.press(press('g'));
    time = 500;
    registry.press(press('r'));
    expect(runs).toBe(1);
    registry.press(press('g'));
    time = 5000;
    registry.press(press('r'));
    expect(runs).toBe(1);
  });

  it('offers and runs only what can be done now', () => {
    const registry = createCommandRegistry();
    let isPossible = false;
    let runs = 0;
    registry.register([command('a', { shortcut: 'p', when: () => isPossible, run: () => runs++ })]);
    expect(registry.available()).toEqual([]);
    expect(registry.run('a')).toBe(false);
    expect(registry.press(press('p'))).toBe(false);
    isPossible = true;
    expect(registry.run('a')).toBe(true);
    expect(runs).toBe(1);
  });

  it('gives one shortcut to the command of the page that is shown, and back when it is left', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([command('frame', { shortcut: '/', run: () => ran.push('frame') })]);
    const leave = registry.register([command('page', { shortcut: '/', run: () => ran.push('page') })]);
    registry.press(press('/'));
    leave();
    registry.press(press('/'));
    expect(ran).toEqual(['page', 'frame']);
  });
});

describe('keys on the window', () => {
  it('run a shortcut with Ctrl even where the focused control takes its key, and leave plain keys to the control', () => {
    const ran: string[] = [];
    const reached: string[] = [];
    const page = mount(defineComponent({
      setup() {
        useShortcuts();
        useCommands([command('start', { shortcut: 'Mod+Enter', run: () => ran.push('start') }), command('open', { shortcut: 'Enter', run: () => ran.push('open') })]);
        return () => h('div', { tabindex: 0, onKeydown: (event: KeyboardEvent) => { reached.push(event.key); event.preventDefault(); } });
      },
    }), { attachTo: document.body });
    const send = (ctrlKey: boolean): unknown => page.element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey, bubbles: true, cancelable: true }));
    send(true);
    expect([ran, reached]).toEqual([['start'], []]);
    send(false);
    expect([ran, reached]).toEqual([['start'], ['Enter']]);
    page.unmount();
  });
});

describe('fuzzy search', () => {
  const items = ['Go to Home', 'Go to Runs', 'New run', 'Switch between light and dark'];

  it('keeps the order for an empty query', () => {
    expect(fuzzyFilter('', items, (item) => item)).toEqual(items);
  });

  it('finds letters in order, words first', () => {
    expect(fuzzyFilter('gr', items, (item) => item)[0]).toBe('Go to Runs');
    expect(fuzzyFilter('new', items, (item) => item)).toEqual(['New run']);
    expect(fuzzyFilter('xyz', items, (item) => item)).toEqual([]);
  });
});
