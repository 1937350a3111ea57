/** A text as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What dbt replaces by an environment variable's value. */
export function environmentReference(variable: string): string {
  return `{{ env_var('${variable}') }}`;
}
