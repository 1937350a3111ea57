/**
 * For schemas that a process uses once: zod would otherwise compile them first, which pays only for many
 * values.
 */
export const ONE_PARSE = { jitless: true } as const;
