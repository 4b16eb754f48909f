/** The messages of the WebSocket between a renderer and a served host; binary frames in the form of codec.ts. */
import { z } from 'zod';
import { parseDocument } from '../domain/parse.ts';
import { decodeMessage } from './codec.ts';

/** An error as it crosses the boundary: see `ErrorPayload`. */
export const errorPayloadSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string(), value: z.string().exactOptional(), expected: z.string(), hint: z.string().exactOptional() })),
  hint: z.string(),
});

/** Renderer to host: a request. `id` is the client's, and comes back with the answer. */
export const requestMessageSchema = z.strictObject({ id: z.int().min(0), route: z.string(), input: z.unknown().optional() });
export type RequestMessage = z.output<typeof requestMessageSchema>;

export const answerSchema = z.union([z.strictObject({ error: errorPayloadSchema }), z.strictObject({ output: z.unknown() })]);
/** How a request ended, on every transport. */
export type Answer = z.output<typeof answerSchema>;

/** Host to renderer: the answer to a request, or an event. */
export const hostMessageSchema = z.union([
  z.strictObject({ event: z.string(), payload: z.unknown() }),
  z.strictObject({ id: z.int().min(0), error: errorPayloadSchema }),
  z.strictObject({ id: z.int().min(0), output: z.unknown() }),
]);
export type HostMessage = z.output<typeof hostMessageSchema>;

/** @throws WorkbenchError `contract.notDecodable` or `request.invalid` */
export function parseRequestMessage(bytes: Uint8Array): RequestMessage {
  return parseDocument(requestMessageSchema, decodeMessage(bytes), 'request');
}

/** @throws WorkbenchError `contract.notDecodable` or `answer.invalid` */
export function parseHostMessage(bytes: Uint8Array): HostMessage {
  return parseDocument(hostMessageSchema, decodeMessage(bytes), 'answer');
}
