// SPDX-License-Identifier: Apache-2.0
// The pieces that all pages are made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Trouble } from "./api";
import * as format from "./format";
import type { Loaded } from "./load";
import { to } from "./route";
import { useSlug } from "./tenant_names";
import type { Wide } from "./wire";

type Children = { children?: ComponentChildren };

export function Panel(
  props: Children & {
    title: string;
    aside?: ComponentChildren;
    /** Of all columns there are, or of two. */
    wide?: boolean | "double";
    id?: string;
  },
): JSX.Element {
  const id = useId();
  return (
    <section
      class={`panel ${props.wide === "double" ? "double" : props.wide ? "wide" : ""}`.trim()}
      aria-labelledby={id}
      data-panel={props.id ?? props.title}
    >
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

export function Empty(props: Children & { title: string }): JSX.Element {
  return (
    <div class="empty">
      <strong>{props.title}</strong>
      {props.children && <p>{props.children}</p>}
    </div>
  );
}

const headings: Record<Trouble["kind"], string> = {
  unauthenticated: "You are signed out",
  forbidden: "Your credential does not allow this",
  missing: "This server does not have this",
  notFound: "There is no such thing",
  unreachable: "No answer",
  refused: "That did not work",
};

export function TroubleNote(props: { trouble: Trouble; retry?: () => void }): JSX.Element {
  return (
    <div class={`note ${props.trouble.kind}`} role="alert">
      <strong>{headings[props.trouble.kind]}</strong>
      <p>{props.trouble.message}</p>
      {props.retry && props.trouble.kind !== "forbidden" && (
        <button type="button" onClick={props.retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What was loaded, or why not; while nothing has come, a place that is as high as asked. */
export function Shown<T>(props: {
  of: Loaded<T>;
  rows?: number;
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const { data, trouble, reload } = props.of;
  if (data !== undefined) {
    return (
      <>
        {trouble && <TroubleNote trouble={trouble} />}
        {props.children(data)}
      </>
    );
  }
  if (trouble) {
    return <TroubleNote trouble={trouble} retry={reload} />;
  }
  return (
    <div class="waiting" aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: props.rows ?? 3 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike.
        <div key={i} />
      ))}
    </div>
  );
}

export function Time(props: { ns: Wide; short?: boolean }): JSX.Element {
  if (format.isNever(props.ns)) {
    return <span>never</span>;
  }
  const ms = format.toMs(props.ns);
  return (
    <time dateTime={new Date(ms).toISOString()} title={format.utc(ms)}>
      {props.short ? format.localTime.short(ms) : format.localTime.full(ms)}
    </time>
  );
}

export function Amount(props: { of: Wide | bigint; unit: string; currency?: string }): JSX.Element {
  const { text, exact } = format.amount(props.of, props.unit, props.currency);
  return <span title={exact}>{text}</span>;
}

export type Tone = "plain" | "good" | "warn" | "bad" | "accent";

export function Badge(props: Children & { tone?: Tone; title?: string }): JSX.Element {
  return (
    <span class={`badge ${props.tone ?? "plain"}`} title={props.title}>
      {props.children}
    </span>
  );
}

const statusTones: Record<string, Tone> = {
  active: "good",
  trial: "accent",
  suspended: "warn",
  deactivated: "bad",
  invited: "accent",
  delivered: "good",
  pending: "accent",
  dead: "bad",
  approved: "good",
  rejected: "bad",
  revoked: "bad",
};

export function StateBadge(props: { state: string }): JSX.Element {
  return <Badge tone={statusTones[props.state] ?? "plain"}>{format.words(props.state)}</Badge>;
}

/** A link to a tenant that is known by its id; it has its slug as soon as that is known. */
export function TenantLink(props: { id: string | null; slug?: string }): JSX.Element {
  const slug = useSlug(props.slug === undefined ? props.id : null) ?? props.slug;
  if (props.id === null) {
    return <span class="muted">the platform</span>;
  }
  return (
    <a href={to(["tenants", slug ?? props.id])} title={props.id}>
      {slug ?? `${props.id.slice(0, 8)}…${props.id.slice(-6)}`}
    </a>
  );
}

export interface Column<T> {
  name: string;
  /** To the right, as numbers stand. */
  number?: boolean;
  /** Left out where there is no room. */
  minor?: boolean;
  cell: (row: T) => ComponentChildren;
}

function classOf<T>(column: Column<T>): string {
  return `${column.number ? "number" : ""} ${column.minor ? "minor" : ""}`.trim();
}

/** A table that becomes a list of cards where there is no room for one. */
export function Table<T>(props: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}): JSX.Element {
  return (
    <table class="cards" aria-label={props.label}>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th key={column.name} scope="col" class={classOf(column)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={props.keyOf(row)}>
            {props.columns.map((column) => (
              <td key={column.name} class={classOf(column)} data-label={column.name}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function More(props: {
  more: boolean;
  busy: boolean;
  next: () => void;
}): JSX.Element | null {
  return props.more ? (
    <div class="more">
      <button type="button" onClick={props.next} disabled={props.busy}>
        {props.busy ? "Loading…" : "Show more"}
      </button>
    </div>
  ) : null;
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}): JSX.Element {
  const id = useId();
  return (
    <span class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value as T)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}

/** One of few, all of which are seen. */
export function Segments<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="unseen">{props.label}</legend>
      {props.options.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            class="unseen"
            name={name}
            value={value}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Asks before something is changed. Open as long as it is there. */
export function Dialog(
  props: Children & {
    title: string;
    action: string;
    busy?: boolean;
    danger?: boolean;
    onConfirm: () => void;
    onClose: () => void;
  },
): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onConfirm();
        }}
      >
        <h2 id={id}>{props.title}</h2>
        {props.children}
        <footer>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={props.danger ? "danger" : "primary"} disabled={props.busy}>
            {props.action}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
