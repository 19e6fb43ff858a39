// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { callIfThere } from "../api";
import { BarChart, type Slot } from "../chart";
import * as format from "../format";
import { type Bucket, bucketsOf, loadHistory, spans } from "../history";
import { useLoad } from "../load";
import { useMeter, useMeters } from "../meters";
import { refine } from "../route";
import { Amount, Choice, Empty, Panel, Segments, Shown, Table, Time } from "../ui";
import type { Granularity, Meter, Tenant, UnusualMeter } from "../wire";
import { labelsOf, TenantParts } from "./tenant_parts";

const granularities: readonly Granularity[] = ["minute", "hour", "day"];

function sumOf(buckets: readonly Bucket[], pick: (bucket: Bucket) => bigint): bigint {
  return buckets.reduce((all, bucket) => all + pick(bucket), 0n);
}

function Charts(props: {
  buckets: readonly Bucket[];
  meter: Meter;
  granularity: Granularity;
  currency: string;
}): JSX.Element {
  const { buckets, meter, granularity } = props;
  const { span, tick } = spans[granularity];
  const unitOf = (value: bigint) => format.amount(value, meter.unit, props.currency).text;
  const when = (bucket: Bucket) =>
    granularity === "day"
      ? format.utc(bucket.startMs).slice(0, 10)
      : format.localTime.full(bucket.startMs);
  const used: Slot[] = buckets.map((bucket) => ({
    startMs: bucket.startMs,
    text: `${when(bucket)}: ${unitOf(bucket.used)} used${bucket.overage ? `, ${unitOf(bucket.overage)} of it over a limit` : ""}`,
    parts: [
      { look: "used", value: Number(bucket.used - bucket.overage) },
      { look: "overage", value: Number(bucket.overage) },
    ],
  }));
  const checks: Slot[] = buckets.map((bucket) => ({
    startMs: bucket.startMs,
    text: `${when(bucket)}: ${format.count(bucket.allowed)} allowed, ${format.count(bucket.throttled)} throttled, ${format.count(bucket.denied)} denied`,
    parts: [
      { look: "allowed", value: Number(bucket.allowed) },
      { look: "throttled", value: Number(bucket.throttled) },
      { look: "denied", value: Number(bucket.denied) },
    ],
  }));
  const axisUnit = (value: number) => format.axis(value, meter.unit, props.currency);
  return (
    <>
      <h3>Used, by {granularity}</h3>
      <BarChart label={`${meter.name} used, ${span}`} slots={used} tick={tick} axis={axisUnit} />
      <h3>
        Checks{" "}
        <span class="legend">
          <i class="allowed" /> allowed <i class="throttled" /> throttled <i class="denied" />{" "}
          denied
        </span>
      </h3>
      <BarChart
        label={`Checks, ${span}`}
        slots={checks}
        tick={tick}
        axis={format.compact}
        height={140}
      />
    </>
  );
}

function AsTable(props: {
  buckets: readonly Bucket[];
  meter: Meter;
  currency: string;
}): JSX.Element {
  const rows = props.buckets
    .filter((b) => b.used + b.allowed + b.denied + b.throttled > 0n)
    .reverse();
  return (
    <details>
      <summary>As a table ({format.count(rows.length)} with anything in them)</summary>
      <Table
        label="History"
        rows={rows}
        keyOf={(bucket) => `${bucket.startMs}`}
        columns={[
          { name: "From", cell: (bucket) => <Time ns={format.toNs(bucket.startMs)} /> },
          {
            name: "Used",
            number: true,
            cell: (bucket) => (
              <Amount of={bucket.used} unit={props.meter.unit} currency={props.currency} />
            ),
          },
          { name: "Allowed", number: true, cell: (bucket) => format.count(bucket.allowed) },
          { name: "Throttled", number: true, cell: (bucket) => format.count(bucket.throttled) },
          { name: "Denied", number: true, cell: (bucket) => format.count(bucket.denied) },
        ]}
      />
    </details>
  );
}

function Unusual(props: { tenant: Tenant }): JSX.Element | null {
  const meterOf = useMeter();
  const odd = useLoad(`unusual ${props.tenant.id}`, (signal) =>
    callIfThere<{ meters?: UnusualMeter[] }>(
      "unusualUsage",
      { tenant: { id: props.tenant.id } },
      signal,
    ),
  );
  const hours = (odd.data?.meters ?? []).flatMap((each) =>
    (each.hours ?? []).map((hour) => ({ ...hour, meter: meterOf(each.meter) })),
  );
  if (!odd.data || hours.length === 0) {
    return null;
  }
  return (
    <Panel title="Unusual hours of the last day" id="unusual" wide>
      <Table
        label="Unusual hours"
        rows={hours}
        keyOf={(hour) => `${hour.meter.id} ${hour.startNs}`}
        columns={[
          { name: "Hour from", cell: (hour) => <Time ns={hour.startNs} /> },
          { name: "Meter", cell: (hour) => hour.meter.name },
          {
            name: "Used",
            number: true,
            cell: (hour) => <Amount of={hour.used} unit={hour.meter.unit} />,
          },
          {
            name: "Usual",
            number: true,
            cell: (hour) => (
              <>
                <Amount of={hour.lowest} unit={hour.meter.unit} /> to{" "}
                <Amount of={hour.highest} unit={hour.meter.unit} />
              </>
            ),
          },
          { name: "Weeks", number: true, cell: (hour) => hour.weeks },
        ]}
      />
    </Panel>
  );
}

export function TenantHistory(props: { tenant: Tenant; query: URLSearchParams }): JSX.Element {
  const { tenant, query } = props;
  const meters = useMeters();
  const meterOf = useMeter();
  const mine = [...new Set((tenant.limits ?? []).map((limit) => limit.meter))];
  const meter = Number(query.get("meter")) || mine[0] || meters[0]?.id || 1;
  const asked = query.get("by") as Granularity;
  const granularity = granularities.includes(asked) ? asked : "hour";
  const labels = labelsOf(tenant, meter);
  const label = labels.find((each) => each === query.get("label")) ?? "";
  const [now, setNow] = useState(0);
  const go = (changed: Record<string, string>) =>
    refine(["tenants", tenant.slug, "history"], {
      meter: `${meter}`,
      by: granularity,
      label,
      ...changed,
    });
  const history = useLoad(
    `history ${tenant.id} ${meter} ${granularity}`,
    async (signal) => {
      const { points, nowMs } = await loadHistory(tenant, { meter, granularity }, signal);
      setNow(nowMs);
      return bucketsOf(points, granularity, nowMs);
    },
    granularity === "minute" ? 10_000 : 60_000,
  );
  return (
    <>
      <div class="bar">
        <Choice
          label="Meter"
          value={`${meter}`}
          options={meters.map((each) => [
            `${each.id}`,
            mine.includes(each.id) ? each.name : `${each.name} (no limit)`,
          ])}
          onChange={(value) => go({ meter: value })}
        />
        {labels.length > 0 && (
          <Choice
            label="Split by"
            value={label}
            options={[["", "nothing"], ...labels.map((each) => [each, each] as const)]}
            onChange={(value) => go({ label: value })}
          />
        )}
        <Segments<Granularity>
          label="By"
          value={granularity}
          options={granularities.map((each) => [each, spans[each].name] as const)}
          onChange={(value) => go({ by: value })}
        />
      </div>
      {label !== "" && (
        <TenantParts
          tenant={tenant}
          meter={meterOf(meter)}
          granularity={granularity}
          label={label}
        />
      )}
      <Panel title={`${meterOf(meter).name}, ${spans[granularity].span}`} id="history" wide>
        <Shown of={history} rows={8}>
          {(buckets) => {
            const all = sumOf(buckets, (b) => b.allowed + b.denied + b.throttled);
            const refused = sumOf(buckets, (b) => b.denied + b.throttled);
            return all + sumOf(buckets, (b) => b.used) === 0n ? (
              <Empty title="Nothing happened in this time">
                What is spent is here once it is in the store, which takes a minute or so.
              </Empty>
            ) : (
              <>
                <p class="sums">
                  <strong>
                    <Amount
                      of={sumOf(buckets, (b) => b.used)}
                      unit={meterOf(meter).unit}
                      currency={tenant.currency}
                    />
                  </strong>{" "}
                  used by <strong>{format.count(all)}</strong> checks, of which{" "}
                  <strong>{format.count(refused)}</strong> were refused. Until{" "}
                  <Time ns={format.toNs(now)} />.
                </p>
                <Charts
                  buckets={buckets}
                  meter={meterOf(meter)}
                  granularity={granularity}
                  currency={tenant.currency}
                />
                <AsTable buckets={buckets} meter={meterOf(meter)} currency={tenant.currency} />
              </>
            );
          }}
        </Shown>
      </Panel>
      <Unusual tenant={tenant} />
    </>
  );
}
