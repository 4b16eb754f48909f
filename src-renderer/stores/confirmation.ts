/** Programs that runs would start: asks the person before the first time, and does again what was refused until then. */
import { shallowRef } from 'vue';
import { defineStore } from 'pinia';
import { commandToConfirm, type ExternalCommand } from '#shared/domain/external-command.ts';
import { client } from '../api/index.ts';

/** What the person is asked; undefined: nothing. */
interface Question {
  readonly command: ExternalCommand;
  answer(isConfirmed: boolean): void;
}

export const useConfirmationStore = defineStore('confirmation', () => {
  const question = shallowRef<Question>();

  function ask(command: ExternalCommand): Promise<boolean> {
    question.value?.answer(false);
    return new Promise((resolve) => {
      question.value = {
        command,
        answer(isConfirmed) {
          question.value = undefined;
          resolve(isConfirmed);
        },
      };
    });
  }

  /**
   * What `action` gives. Where it would start a program that nobody has confirmed here, the person is asked, and it is tried again.
   * @throws what `action` throws, also where the person does not want the program started
   */
  async function withConfirmation<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        const command = commandToConfirm(error);
        if (command === undefined || !(await ask(command))) throw error;
        await client.invoke('commands.confirm', command);
      }
    }
  }

  return { question, withConfirmation };
});
