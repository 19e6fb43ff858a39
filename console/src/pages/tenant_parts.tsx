// SPDX-License-Identifier: Apache-2.0
// What was used of a meter, by the values of a label.
import type { JSX } from "preact";
import { BarChart, type PartLook, partLooks, type Slot } from "../chart";
import * as format from "../format";
import { loadHistory, spans, type ValueOfLabel, valuesOf } from "../history";
import { useLoad } from "../load";
import { Amount, Empty, Panel, Shown, Table } from "../ui";
import type { Granularity, Meter, Tenant } from "../wire";

/** By which labels the history of a meter is kept. */
export function labelsOf(tenant: Tenant, meter: number): string[] {
  const limits = (tenant.limits ?? []).filter((limit) => limit.meter === meter);
  return [...new Set(limits.flatMap((limit) => limit.historyBy ?? []))];
}

/** What has a colour of its own, and what shares one. */
interface Shares {
  shown: { of: ValueOfLabel; look: PartLook }[];
  rest: ValueOfLabel[];
}

function sharesOf(values: readonly ValueOfLabel[]): Shares {
  const named = values.filter((each) => !each.others).slice(0, partLooks.length);
  return {
    shown: named.map((of, i) => ({ of, look: partLooks[i] ?? "part-rest" })),
    rest: values.filter((each) => !named.includes(each)),
  };
}

function Name(props: { of: ValueOfLabel }): JSX.Element {
  if (props.of.others) {
    return <span class="muted">all others, which are not told apart</span>;
  }
  return props.of.value === "" ? (
    <span class="muted">without the label</span>
  ) : (
    <span>{props.of.value}</span>
  );
}

function nameOf(value: ValueOfLabel): string {
  return value.value === "" ? "without the label" : value.value;
}

interface Parts {
  shares: Shares;
  label: string;
  meter: Meter;
  currency: string;
}

function PartChart(props: Parts & { granularity: Granularity }): JSX.Element {
  const { meter, granularity } = props;
  const { shown, rest } = props.shares;
  const { span, tick } = spans[granularity];
  const unitOf = (value: bigint) => format.amount(value, meter.unit, props.currency).text;
  const starts = (shown[0]?.of ?? rest[0])?.buckets ?? [];
  const slots: Slot[] = starts.map(({ startMs }, i) => {
    const used = (value: ValueOfLabel) => value.buckets[i]?.used ?? 0n;
    const left = rest.reduce((sum, value) => sum + used(value), 0n);
    const told = [
      ...shown.map(({ of }) => ({ name: nameOf(of), used: used(of) })),
      { name: "others", used: left },
    ].filter((each) => each.used > 0n);
    const when =
      granularity === "day" ? format.utc(startMs).slice(0, 10) : format.localTime.full(startMs);
    return {
      startMs,
      text: `${when}: ${told.map((each) => `${each.name} ${unitOf(each.used)}`).join(", ") || "nothing used"}`,
      parts: [
        ...shown.map(({ of, look }) => ({ look, value: Number(used(of)) })),
        { look: "part-rest", value: Number(left) },
      ],
    };
  });
  return (
    <>
      <h3>
        Used, by {granularity}{" "}
        <span class="legend parts">
          {shown.map(({ of, look }) => (
            <span key={look}>
              <i class={look} /> {nameOf(of)}
            </span>
          ))}
          {rest.length > 0 && (
            <span>
              <i class="part-rest" /> others
            </span>
          )}
        </span>
      </h3>
      <BarChart
        label={`${meter.name} used by ${props.label}, ${span}`}
        slots={slots}
        tick={tick}
        axis={(value) => format.axis(value, meter.unit, props.currency)}
      />
    </>
  );
}

function PartTable(props: Parts & { values: readonly ValueOfLabel[] }): JSX.Element {
  const all = props.values.reduce((sum, value) => sum + value.used, 0n);
  const lookOf = (value: ValueOfLabel) =>
    props.shares.shown.find(({ of }) => of === value)?.look ?? "part-rest";
  return (
    <Table
      label={`By ${props.label}`}
      rows={props.values}
      keyOf={(value) => value.key}
      columns={[
        {
          name: props.label,
          cell: (value) => (
            <span class="part">
              <i class={lookOf(value)} />
              <Name of={value} />
            </span>
          ),
        },
        {
          name: "Used",
          number: true,
          cell: (value) => (
            <Amount of={value.used} unit={props.meter.unit} currency={props.currency} />
          ),
        },
        { name: "Share", number: true, cell: (value) => format.share(value.used, all) },
        { name: "Checks", number: true, cell: (value) => format.count(value.checks) },
        { name: "Refused", number: true, cell: (value) => format.count(value.refused) },
      ]}
    />
  );
}

export function TenantParts(props: {
  tenant: Tenant;
  meter: Meter;
  granularity: Granularity;
  label: string;
}): JSX.Element {
  const { tenant, meter, granularity, label } = props;
  const parts = useLoad(
    `parts ${tenant.id} ${meter.id} ${granularity} ${label}`,
    async (signal) => {
      const asked = { meter: meter.id, granularity, label };
      const { points, nowMs } = await loadHistory(tenant, asked, signal);
      return valuesOf(points, granularity, nowMs);
    },
    granularity === "minute" ? 10_000 : 60_000,
  );
  return (
    <Panel title={`${meter.name} by ${label}, ${spans[granularity].span}`} id="parts" wide>
      <Shown of={parts} rows={8}>
        {(values) => {
          const all: Parts = { shares: sharesOf(values), label, meter, currency: tenant.currency };
          return values.length === 0 ? (
            <Empty title="Nothing is told by this label in this time">
              Values are told apart from when a limit was set to, once they are in the store.
            </Empty>
          ) : (
            <>
              <PartChart {...all} granularity={granularity} />
              <PartTable {...all} values={values} />
            </>
          );
        }}
      </Shown>
    </Panel>
  );
}
