// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call } from "../api";
import { type Change, changesOf } from "../changes";
import * as format from "../format";
import { useLoad } from "../load";
import { Badge, Choice, type Column, Empty, Panel, Shown, Table, Time } from "../ui";
import type { AuditEvent, Tenant } from "../wire";

const pageSize = 500;
const pagesMax = 4;

type Range = "1" | "7" | "30" | "365" | "all";
const ranges: readonly (readonly [Range, string])[] = [
  ["1", "Last 24 hours"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
  ["365", "Last year"],
  ["all", "All of it"],
];

function Changes(props: { changes: readonly Change[] }): JSX.Element {
  return (
    <details>
      <summary>
        {props.changes.length === 1 ? props.changes[0]?.field : `${props.changes.length} fields`}
      </summary>
      <dl class="changes">
        {props.changes.map((change) => (
          <div key={change.field}>
            <dt>{change.field}</dt>
            <dd>
              {change.before !== undefined && <del>{change.before}</del>}
              {change.after !== undefined && <ins>{change.after}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const columns: readonly Column<AuditEvent>[] = [
  { name: "When", cell: (event) => <Time ns={event.atNs} /> },
  {
    name: "Who",
    cell: (event) => (
      <span class="name" title={event.credential || undefined}>
        {event.name || event.kind}
        <small>
          {event.name ? `${event.kind}, ` : ""}
          {event.address}
        </small>
      </span>
    ),
  },
  { name: "What", cell: (event) => <Badge>{event.action}</Badge> },
  { name: "Of", cell: (event) => event.subject },
  {
    name: "Changed",
    cell: (event) => {
      const changes = changesOf(event.before, event.after);
      return changes.length ? <Changes changes={changes} /> : <span class="muted">–</span>;
    },
  },
];

interface Trail {
  events: AuditEvent[];
  complete: boolean;
}

/** The trail is told from its beginning, so the latest events are the end of it. */
async function trailOf(
  tenant: Tenant,
  range: Range,
  author: string,
  action: string,
  signal: AbortSignal,
): Promise<Trail> {
  const events: AuditEvent[] = [];
  const from =
    range === "all" ? {} : { fromNs: format.toNs(Date.now() - Number(range) * 86_400_000) };
  for (let pages = 0; pages < pagesMax; ++pages) {
    const page = await call<{ events?: AuditEvent[]; more: boolean }>(
      "auditTrail",
      {
        tenant: { id: tenant.id },
        author,
        action,
        pageSize,
        after: events[events.length - 1]?.number ?? "0",
        ...from,
      },
      signal,
    );
    events.push(...(page.events ?? []));
    if (!page.more) {
      return { events: events.reverse(), complete: true };
    }
  }
  return { events: events.reverse(), complete: false };
}

export function TenantAudit(props: { tenant: Tenant }): JSX.Element {
  const [range, setRange] = useState<Range>("all");
  const [author, setAuthor] = useState("");
  const [action, setAction] = useState("");
  const trail = useLoad(
    `audit ${props.tenant.id} ${props.tenant.version} ${range} ${author} ${action}`,
    (signal) => trailOf(props.tenant, range, author, action, signal),
  );
  return (
    <>
      <div class="bar" role="search">
        <Choice label="Time" value={range} options={ranges} onChange={setRange} />
        <span class="field">
          <label for="author">Who</label>
          <input
            id="author"
            placeholder="Name or credential"
            onChange={(event) => setAuthor(event.currentTarget.value.trim())}
          />
        </span>
        <span class="field">
          <label for="action">What</label>
          <input
            id="action"
            placeholder="Such as limit.put"
            onChange={(event) => setAction(event.currentTarget.value.trim())}
          />
        </span>
      </div>
      <Panel title="Who changed what" id="audit" wide>
        <Shown of={trail} rows={6}>
          {({ events, complete }) => (
            <>
              {!complete && (
                <p class="note">
                  There are more than {format.count(pageSize * pagesMax)} events, and the latest are
                  missing here. Choose a shorter time.
                </p>
              )}
              {events.length ? (
                <Table
                  label="Audit, the latest first"
                  columns={columns}
                  rows={events}
                  keyOf={(event) => event.number}
                />
              ) : (
                <Empty title="Nothing of the kind" />
              )}
            </>
          )}
        </Shown>
      </Panel>
    </>
  );
}
