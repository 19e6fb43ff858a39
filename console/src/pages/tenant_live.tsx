// SPDX-License-Identifier: Apache-2.0
// What is live of a tenant: counters of limits by label, and what is open.
import type { JSX } from "preact";
import { call } from "../api";
import { usePages } from "../load";
import { useMeter } from "../meters";
import { Amount, Badge, type Column, Empty, More, Panel, Shown, Table, Time } from "../ui";
import type { Label, LabelCounter, OpenHold, Tenant } from "../wire";

const pageSize = 50;

function Labels(props: { labels: Label[] | undefined }): JSX.Element {
  return <>{props.labels?.map((each) => `${each.name}=${each.value}`).join(", ") || "none"}</>;
}

function behind(last: { idHigh: string; idLow: string } | undefined): object {
  return last ? { afterHigh: last.idHigh, afterLow: last.idLow } : {};
}

const keyOf = (row: { idHigh: string; idLow: string }) => `${row.idHigh}/${row.idLow}`;

/** In the order in which the server has them, which is that of nothing that people see. */
export function Counters(props: { tenant: Tenant }): JSX.Element {
  const { id, currency } = props.tenant;
  const meterOf = useMeter();
  const pages = usePages<LabelCounter>(`counters ${id}`, async (last, signal) => {
    const page = await call<{ counters?: LabelCounter[]; more: boolean }>(
      "listCounters",
      { tenant: { id }, pageSize, ...behind(last) },
      signal,
    );
    return { rows: page.counters ?? [], more: page.more };
  });
  const of = (row: LabelCounter, value: string) => (
    <Amount of={value} unit={meterOf(row.meter).unit} currency={currency} />
  );
  const columns: readonly Column<LabelCounter>[] = [
    { name: "Limit", cell: (row) => row.limit },
    { name: "Labels", cell: (row) => <Labels labels={row.labels} /> },
    { name: "Used", number: true, cell: (row) => of(row, row.used) },
    { name: "Held", number: true, cell: (row) => of(row, row.held) },
    {
      name: "Left",
      number: true,
      cell: (row) => (row.unlimited ? "no limit" : of(row, row.remaining)),
    },
    { name: "Resets", minor: true, cell: (row) => <Time ns={row.resetsAtNs} short /> },
    {
      name: "State",
      cell: (row) => (
        <Badge tone={row.idle ? "plain" : "accent"} title="An idle one is as good as new">
          {row.idle ? "idle" : "in use"}
        </Badge>
      ),
    },
  ];
  return (
    <Panel title="Counters by label" id="counters" wide>
      <Shown of={pages} rows={3}>
        {(rows) =>
          rows.length ? (
            <>
              <Table label="Counters by label" columns={columns} rows={rows} keyOf={keyOf} />
              <More {...pages} />
            </>
          ) : (
            <Empty title="None">No request was counted by its labels.</Empty>
          )
        }
      </Shown>
    </Panel>
  );
}

export function Reservations(props: { tenant: Tenant }): JSX.Element {
  const { id, slug, currency } = props.tenant;
  const meterOf = useMeter();
  const pages = usePages<OpenHold>(`holds ${id}`, async (last, signal) => {
    const page = await call<{ holds?: OpenHold[]; more: boolean }>(
      "listHolds",
      { tenant: { id }, pageSize, ...behind(last) },
      signal,
    );
    return { rows: page.holds ?? [], more: page.more };
  });
  const amounts = (row: OpenHold, which: "held" | "used") => (
    <>
      {row.charges?.map((charge, i) => (
        <span key={charge.meter}>
          {i > 0 && ", "}
          <Amount of={charge[which]} unit={meterOf(charge.meter).unit} currency={currency} />
        </span>
      ))}
    </>
  );
  const columns: readonly Column<OpenHold>[] = [
    { name: "Kind", cell: (row) => <Badge>{row.kind}</Badge> },
    {
      name: "Meter",
      cell: (row) => row.charges?.map((charge) => meterOf(charge.meter).name).join(", "),
    },
    { name: "Held", number: true, cell: (row) => amounts(row, "held") },
    { name: "Used so far", number: true, cell: (row) => amounts(row, "used") },
    { name: "Labels", cell: (row) => <Labels labels={row.labels} /> },
    { name: "Made", minor: true, cell: (row) => <Time ns={row.madeAtNs} /> },
    { name: "Ends", cell: (row) => <Time ns={row.expiresAtNs} /> },
  ];
  return (
    <Panel title="Open reservations and leases" id="reservations" wide>
      <Shown of={pages} rows={3}>
        {(rows) =>
          rows.length ? (
            <>
              <Table label="Open reservations" columns={columns} rows={rows} keyOf={keyOf} />
              <More {...pages} />
            </>
          ) : (
            <Empty title="Nothing is open">
              Reserve with <code>sluicectl reserve {slug} …</code>.
            </Empty>
          )
        }
      </Shown>
    </Panel>
  );
}
