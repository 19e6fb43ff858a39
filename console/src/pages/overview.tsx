// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, callIfThere, metrics, readiness, type Series } from "../api";
import { BarChart } from "../chart";
import * as format from "../format";
import { type Loaded, useLoad } from "../load";
import { useMeter, useMeters } from "../meters";
import { type Flow, flowBetween, type Totals, totalsOf } from "../pulse";
import { to } from "../route";
import { Amount, Choice, Empty, Panel, Shown, TenantLink, type Tone } from "../ui";
import type { Alert, Status, TopTenant, UnusualMeter } from "../wire";
import { AlertLine } from "./alerts";

const statusEveryMs = 2_000;
const samplesMax = 60;

/** Decisions of the last minutes, as far as somebody looked. */
function useFlow(status: Status | undefined): Flow[] {
  const [seen, setSeen] = useState<{ last?: Totals; flow: Flow[] }>({ flow: [] });
  useEffect(() => {
    if (status) {
      const totals = totalsOf(status);
      setSeen((old) => {
        const step = old.last && flowBetween(old.last, totals);
        return { last: totals, flow: step ? [...old.flow, step].slice(-samplesMax) : old.flow };
      });
    }
  }, [status]);
  return seen.flow;
}

function Figure(props: { name: string; value: string; tone?: Tone; note?: string }): JSX.Element {
  return (
    <div class="figure">
      <dt>{props.name}</dt>
      <dd class={props.tone ?? ""}>
        <span>{props.value}</span>
        {props.note && <small>{props.note}</small>}
      </dd>
    </div>
  );
}

function sum(series: Series[] | undefined): number {
  return (series ?? []).reduce((all, each) => all + each.value, 0);
}

function Figures(props: {
  status: Status | undefined;
  flow: Flow[];
  numbers: Map<string, Series[]> | undefined;
}): JSX.Element {
  const { status, flow, numbers } = props;
  const now = flow[flow.length - 1];
  const lagMs = Math.max(
    0,
    ...(status?.reactors ?? []).map((reactor) => format.toMs(reactor.writeBehindLagNs)),
  );
  const resident = (status?.reactors ?? []).reduce(
    (all, reactor) => all + Number(reactor.residentTenants),
    0,
  );
  const dash = "–";
  return (
    <dl class="figures" data-panel="figures">
      <Figure
        name="Tenants"
        value={numbers ? format.count(sum(numbers.get("tenant_count"))) : dash}
        note={status ? `${format.count(resident)} in memory` : ""}
      />
      <Figure
        name="Checks a second"
        value={now ? format.roughly(now.perSecond) : dash}
        note={now && now.perSecond > 0 ? `${format.roughly(now.refusedShare * 100)} % refused` : ""}
      />
      <Figure
        name="Write-behind lag"
        value={status ? format.duration(lagMs) : dash}
        tone={lagMs > 30_000 ? "bad" : lagMs > 5_000 ? "warn" : "plain"}
        note="until the store has it"
      />
      <Figure
        name="Leases out"
        value={numbers ? format.count(sum(numbers.get("sluice_leases_out"))) : dash}
        note="of tenants in memory"
      />
    </dl>
  );
}

function Light(props: { name: string; tone: Tone; says: string }): JSX.Element {
  return (
    <li>
      <span class={`light ${props.tone}`} aria-hidden="true" />
      <span>{props.name}</span>
      <span class="says">{props.says}</span>
    </li>
  );
}

function Health(props: { status: Loaded<Status> }): JSX.Element {
  const ready = useLoad("readyz", readiness, 5_000);
  const status = props.status.data;
  const toneOf = (said: string | undefined): Tone =>
    said === "ok" ? "good" : said === "degraded" ? "warn" : said === undefined ? "plain" : "bad";
  return (
    <Panel title="Health" id="health">
      <Shown of={ready} rows={4}>
        {(parts) => (
          <ul class="lights">
            <Light
              name="Decides checks"
              tone={parts.ready ? "good" : "bad"}
              says={parts.ready ? "ready" : "not ready"}
            />
            {(["ownership", "journal", "store"] as const).map((part) => (
              <Light
                key={part}
                name={part[0]?.toUpperCase() + part.slice(1)}
                tone={toneOf(parts[part])}
                says={parts[part] ?? "unknown"}
              />
            ))}
            {status?.hasLease && (
              <Light
                name="Lease of the tenants"
                tone={format.toMs(status.leaseLeftNs) < 60_000 ? "warn" : "good"}
                says={`${format.duration(format.toMs(status.leaseLeftNs))} left`}
              />
            )}
          </ul>
        )}
      </Shown>
      {status && (
        <p class="muted small">
          {status.server}, up {format.duration(format.toMs(status.uptimeNs))}, epoch{" "}
          {format.count(status.epoch)}
          {status.simulatedTime &&
            `; its time is simulated and stands at ${format.utc(format.toMs(status.nowNs))}`}
          .
        </p>
      )}
    </Panel>
  );
}

/** Rows with a bar each, the longest first. */
function Ranking(props: {
  label: string;
  rows: { key: string; name: JSX.Element | string; value: number; text: JSX.Element | string }[];
  look?: (key: string) => string;
}): JSX.Element {
  const most = Math.max(1, ...props.rows.map((row) => row.value));
  return (
    <ol class="ranking" aria-label={props.label}>
      {props.rows.map((row) => (
        <li key={row.key}>
          <span class="name">{row.name}</span>
          <span class="track" aria-hidden="true">
            <span
              class={props.look?.(row.key) ?? "used"}
              style={{ width: `${(100 * row.value) / most}%` }}
            />
          </span>
          <span class="number">{row.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Tiers(props: { numbers: Loaded<Map<string, Series[]>> }): JSX.Element {
  return (
    <Panel title="Tenants by tier" id="tiers">
      <Shown of={props.numbers} rows={4}>
        {(numbers) => {
          const rows = (numbers.get("tenant_count") ?? [])
            .filter((series) => series.value > 0)
            .sort((a, b) => b.value - a.value)
            .map(({ labels: { tier = "" }, value }) => ({
              key: tier,
              name: tier === "other" ? tier : <a href={to(["tenants"], { tier })}>{tier}</a>,
              value,
              text: format.count(value),
            }));
          return rows.length ? (
            <Ranking label="Tenants by tier" rows={rows} />
          ) : (
            <Empty title="There are no tenants yet" />
          );
        }}
      </Shown>
    </Panel>
  );
}

const outcomes = [
  ["allowed", "Allowed"],
  ["throttled", "Throttled"],
  ["denied", "Denied"],
  ["unknown", "Unknown tenant"],
  ["other", "Other"],
] as const;

function Decisions(props: { status: Loaded<Status>; flow: Flow[] }): JSX.Element {
  const { flow } = props;
  return (
    <Panel
      title="Decisions"
      id="decisions"
      wide
      aside={<span class="muted small">since the server started, and now</span>}
    >
      <Shown of={props.status} rows={5}>
        {(status) => {
          const totals = totalsOf(status);
          const all = outcomes.reduce((some, [key]) => some + totals[key], 0);
          return (
            <div class="columns">
              <Ranking
                label="Decisions by outcome"
                look={(key) => key}
                rows={outcomes.map(([key, name]) => ({
                  key,
                  name,
                  value: totals[key],
                  text: (
                    <>
                      {format.count(totals[key])}
                      <small>{all ? ` ${format.roughly((100 * totals[key]) / all)} %` : ""}</small>
                    </>
                  ),
                }))}
              />
              <BarChart
                label="Checks a second, while this page is open"
                height={150}
                axis={format.compact}
                tick={() => undefined}
                slots={Array.from({ length: samplesMax }, (_, i) => {
                  const step = flow[i - samplesMax + flow.length];
                  return {
                    startMs: step?.atMs ?? i,
                    text: step
                      ? `${format.localTime.full(step.atMs)}: ${format.roughly(step.perSecond)} checks a second, ${format.roughly(step.refusedShare * 100)} % refused`
                      : "not seen",
                    parts: step
                      ? [
                          {
                            look: "allowed" as const,
                            value: step.perSecond * (1 - step.refusedShare),
                          },
                          { look: "denied" as const, value: step.perSecond * step.refusedShare },
                        ]
                      : [],
                  };
                })}
              />
            </div>
          );
        }}
      </Shown>
    </Panel>
  );
}

function Busiest(props: { status: Loaded<Status> }): JSX.Element {
  return (
    <Panel title="Busiest now" id="busiest">
      <Shown of={props.status} rows={4}>
        {(status) =>
          status.busiest?.length ? (
            <Ranking
              label="Busiest tenants, by checks a second"
              rows={status.busiest.slice(0, 8).map((each) => ({
                key: each.id,
                name: <TenantLink id={each.id} />,
                value: Number(each.checksPerSecond),
                text: `${format.count(each.checksPerSecond)}/s`,
              }))}
            />
          ) : (
            <Empty title="Nobody asks at the moment" />
          )
        }
      </Shown>
    </Panel>
  );
}

/** Who used most of a meter within 30 days; nothing where the server cannot say, or must not. */
function Top(): JSX.Element | null {
  const meterOf = useMeter();
  const meters = useMeters();
  const [meter, setMeter] = useState(meters[0]?.id ?? 1);
  const top = useLoad(
    `top ${meter}`,
    (signal) =>
      callIfThere<{ tenants?: TopTenant[] }>(
        "topTenants",
        { by: "used", meter, granularity: "day", count: 8 },
        signal,
      ),
    60_000,
  );
  if (top.data === null) {
    return null;
  }
  return (
    <Panel
      title="Top tenants, 30 days"
      id="top"
      aside={
        <Choice
          label="Meter"
          value={`${meter}`}
          options={meters.map((each) => [`${each.id}`, each.name])}
          onChange={(value) => setMeter(Number(value))}
        />
      }
    >
      <Shown of={top} rows={4}>
        {(answer) =>
          answer?.tenants?.length ? (
            <Ranking
              label="Top tenants by use"
              rows={answer.tenants.map((each) => ({
                key: each.id,
                name: <TenantLink id={each.id} slug={each.slug} />,
                value: Number(each.sum),
                text: <Amount of={each.sum} unit={meterOf(meter).unit} />,
              }))}
            />
          ) : (
            <Empty title="Nothing was used of it" />
          )
        }
      </Shown>
    </Panel>
  );
}

interface Odd {
  tenant: TopTenant;
  meter: UnusualMeter;
}

/** Of the tenants with most checks: whose last day is unlike the same hours of earlier weeks. */
async function unusualAmongTheBusy(signal: AbortSignal): Promise<Odd[] | null> {
  const top = await callIfThere<{ tenants?: TopTenant[] }>(
    "topTenants",
    { by: "allowed", granularity: "hour", count: 8 },
    signal,
  );
  if (top === null) {
    return null;
  }
  const found = await Promise.all(
    (top.tenants ?? []).map(async (tenant) => {
      const said = await callIfThere<{ meters?: UnusualMeter[] }>(
        "unusualUsage",
        { tenant: { id: tenant.id } },
        signal,
      );
      return (said?.meters ?? [])
        .filter((meter) => meter.hours?.length)
        .map((meter) => ({ tenant, meter }));
    }),
  );
  return found.flat();
}

function alsoOdd(hours: number): string {
  return hours > 0
    ? `; ${hours === 1 ? "one more hour was" : `${hours} more hours were`} unusual`
    : "";
}

function Unusual(): JSX.Element | null {
  const meterOf = useMeter();
  const odd = useLoad("unusual", unusualAmongTheBusy, 300_000);
  if (odd.data === null) {
    return null;
  }
  return (
    <Panel title="Unusual, last day" id="unusual" wide="double">
      <Shown of={odd} rows={3}>
        {(rows) =>
          rows?.length ? (
            <ul class="plain">
              {rows.map(({ tenant, meter }) => {
                const hour = meter.hours?.[0];
                const { unit } = meterOf(meter.meter);
                return (
                  hour && (
                    <li key={`${tenant.id} ${meter.meter}`}>
                      <TenantLink id={tenant.id} slug={tenant.slug} /> used{" "}
                      <Amount of={hour.used} unit={unit} /> of {meterOf(meter.meter).name} in the
                      hour from {format.localTime.clock(format.toMs(hour.startNs))}, where{" "}
                      <Amount of={hour.expected} unit={unit} /> is usual
                      {alsoOdd((meter.hours?.length ?? 1) - 1)}.
                    </li>
                  )
                );
              })}
            </ul>
          ) : (
            <Empty title="Nothing unusual">
              Among the tenants with most checks, against the same hours of earlier weeks.
            </Empty>
          )
        }
      </Shown>
    </Panel>
  );
}

function LatestAlerts(): JSX.Element {
  const alerts = useLoad(
    "latest alerts",
    (signal) => call<{ alerts?: Alert[] }>("listAlerts", { pageSize: 6 }, signal),
    10_000,
  );
  return (
    <Panel
      title="Latest alerts"
      id="latest-alerts"
      wide
      aside={<a href={to(["alerts"])}>All alerts</a>}
    >
      <Shown of={alerts} rows={4}>
        {(page) =>
          page.alerts?.length ? (
            <ul class="plain">
              {page.alerts.map((alert) => (
                <li key={alert.id}>
                  <AlertLine alert={alert} />
                </li>
              ))}
            </ul>
          ) : (
            <Empty title="All quiet">There are no alerts.</Empty>
          )
        }
      </Shown>
    </Panel>
  );
}

export function Overview(): JSX.Element {
  const status = useLoad(
    "status",
    (signal) => call<{ status: Status }>("status", {}, signal).then((answer) => answer.status),
    statusEveryMs,
  );
  const numbers = useLoad(
    "metrics",
    (signal) => metrics(["tenant_count", "sluice_leases_out"], signal),
    10_000,
  );
  const flow = useFlow(status.data);
  return (
    <>
      <h1>Overview</h1>
      <Figures status={status.data} flow={flow} numbers={numbers.data} />
      <div class="grid">
        <Decisions status={status} flow={flow} />
        <Health status={status} />
        <Tiers numbers={numbers} />
        <Busiest status={status} />
        <LatestAlerts />
        <Top />
        <Unusual />
      </div>
    </>
  );
}
