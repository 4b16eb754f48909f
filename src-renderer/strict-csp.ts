/** Keeps zod from trying whether code can be generated at run time: the content security policy forbids it. Imported before everything else. */
import { z } from 'zod';

z.config({ jitless: true });
