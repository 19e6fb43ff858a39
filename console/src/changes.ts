// SPDX-License-Identifier: Apache-2.0
// What an event of the audit changed: its two JSON objects, field by field.

export interface Change {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = text === "" ? {} : JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : { value };
  } catch {
    return { value: text };
  }
}

function said(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") {
    return undefined;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function changesOf(before: string, after: string): Change[] {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((field) => ({ field, before: said(old[field]), after: said(now[field]) }))
    .filter((change) => change.before !== change.after);
}
