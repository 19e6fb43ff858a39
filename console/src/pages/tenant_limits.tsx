// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { call, callIfThere } from "../api";
import * as format from "../format";
import { type Gauge, gaugeOf } from "../gauge";
import { useLoad } from "../load";
import { useMeter } from "../meters";
import { Amount, Badge, Empty, Panel, Shown, Time, type Tone } from "../ui";
import {
  forever,
  type Limit,
  type LimitForecast,
  type LimitUsage,
  type Tenant,
  type Usage,
} from "../wire";
import { Counters, Reservations } from "./tenant_live";

const usageEveryMs = 2_000;
const forecastEveryMs = 60_000;

const enforcementTones: Record<string, Tone> = { block: "plain", throttle: "plain" };

/** What the limit is, in one line. */
function RuleText(props: { limit: Limit; unit: string; currency: string }): JSX.Element {
  const { unit, currency } = props;
  const rule = props.limit.override?.rule ?? props.limit.rule;
  const of = (value: string) => <Amount of={value} unit={unit} currency={currency} />;
  if (rule.rate) {
    return (
      <>
        {of(rule.rate.amount)} per {format.duration(format.toMs(rule.rate.perNs))}, burst{" "}
        {of(rule.rate.burst)}
        {rule.rate.refill === "interval" ? ", all at once" : ""}
      </>
    );
  }
  if (rule.sliding) {
    return (
      <>
        {of(rule.sliding.size)} within {format.duration(format.toMs(rule.sliding.spanNs))}
      </>
    );
  }
  if (rule.concurrency) {
    return <>{of(rule.concurrency.size)} in flight</>;
  }
  if (rule.window) {
    const { unlimited, size, period } = rule.window;
    return (
      <>
        {unlimited ? "no limit" : of(size)}
        {period === "never" ? ", at any time" : `, each ${period}`}
      </>
    );
  }
  return <>credit{rule.credit ? `, each ${rule.credit.period}` : ""}</>;
}

/** How full it is. The line at the end is the limit, the one before it the soft limit. */
function Bar(props: { gauge: Gauge; label: string }): JSX.Element {
  const { gauge } = props;
  const percent = (share: number) => `${(share * 100).toFixed(3)}%`;
  return (
    <div
      class={`gauge ${gauge.tone}`}
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.min(100, Math.round(gauge.fullness * 100))}
      aria-valuetext={`${Math.round(gauge.fullness * 100)} % used`}
    >
      <span class="used" style={{ width: percent(gauge.used) }} />
      <span class="held" style={{ left: percent(gauge.used), width: percent(gauge.held) }} />
      {gauge.soft !== undefined && (
        <span class="mark soft" style={{ left: percent(gauge.soft) }} title="Soft limit" />
      )}
      {gauge.hard < 1 && (
        <span class="mark hard" style={{ left: percent(gauge.hard) }} title="Limit" />
      )}
    </div>
  );
}

const basisText: Record<LimitForecast["basis"], string> = {
  nothing: "",
  hours: "by the hours of the last week",
  minutes: "by the minutes of the last hour",
  window: "by what was used since its window began",
};

/** "At this pace, empty on Mon, 23 Nov at 14:00." */
function ForecastLine(props: {
  forecast: LimitForecast;
  unit: string;
  currency: string;
  nowMs: number;
}): JSX.Element | null {
  const { forecast, unit, currency } = props;
  if (forecast.basis === "nothing" || forecast.size === "0") {
    return null;
  }
  const empties = forecast.exhaustedAtNs !== "0";
  const atMs = format.toMs(forecast.exhaustedAtNs);
  const last = BigInt(forecast.lastDay);
  const before = BigInt(forecast.dayBefore);
  const trend =
    before > 0n && last !== before
      ? `${last > before ? "+" : "−"}${format.count(
          ((last > before ? last - before : before - last) * 100n) / before,
        )} % against the day before`
      : "";
  return (
    <p class={empties ? "forecast warn" : "forecast"} data-forecast={forecast.limit}>
      {empties && atMs <= props.nowMs ? (
        "Used up."
      ) : empties ? (
        <>
          At this pace, empty on{" "}
          <time dateTime={new Date(atMs).toISOString()} title={format.utc(atMs)}>
            {format.localTime.spoken(atMs)}
          </time>
          .
        </>
      ) : (
        <>
          At this pace, <Amount of={forecast.projected} unit={unit} currency={currency} />{" "}
          {forecast.untilNs === forever ? "in 30 days" : "when it resets"}.
        </>
      )}{" "}
      <span class="muted" title={`${format.count(forecast.hoursSeen)} hours seen`}>
        <Amount of={forecast.pacePerHour} unit={unit} currency={currency} /> an hour,{" "}
        {basisText[forecast.basis]}
        {trend && `; ${trend}`}
      </span>
    </p>
  );
}

function Conditions(props: { limit: Limit }): JSX.Element | null {
  const { limit } = props;
  const texts = (limit.when ?? []).map(
    (each) => `${each.label} ${each.negated ? "is not" : "is"} ${each.values.join(" or ")}`,
  );
  return texts.length ? (
    <p class="muted small">Only of requests whose {texts.join(", and whose ")}.</p>
  ) : null;
}

function Row(props: {
  usage: LimitUsage;
  tenant: Tenant;
  nowMs: number;
  forecast: LimitForecast | undefined;
}): JSX.Element {
  const { usage, nowMs } = props;
  const { limit } = usage;
  const { currency } = props.tenant;
  const meter = useMeter()(limit.meter);
  const gauge = gaugeOf(usage);
  const resetsInMs = format.toMs(usage.resetsAtNs) - nowMs;
  const of = (value: string) => <Amount of={value} unit={meter.unit} currency={currency} />;
  return (
    <li class="limit" data-limit={limit.name}>
      <div class="line">
        <strong>{limit.name}</strong>
        <span class="muted">
          {meter.name} · <RuleText limit={limit} unit={meter.unit} currency={currency} />
        </span>
        <span class="badges">
          <Badge tone={enforcementTones[limit.enforcement] ?? "accent"}>{limit.enforcement}</Badge>
          {limit.shadow && (
            <Badge tone="accent" title="It refuses nothing; it counts what it would have refused">
              shadow
            </Badge>
          )}
          {limit.override && (
            <Badge tone="warn" title={`${limit.override.author}: ${limit.override.reason}`}>
              overridden
            </Badge>
          )}
          {limit.fromTier && <Badge title="It came with the tier">tier</Badge>}
        </span>
      </div>
      {gauge && <Bar gauge={gauge} label={`${limit.name}, how much is used`} />}
      <div class="line numbers">
        {limit.per?.length ? (
          <span class="muted">counted for each {limit.per.join(" and ")}</span>
        ) : (
          <span>
            <strong data-used={usage.used}>{of(usage.used)}</strong> used
            {gauge && <span class="muted"> · {Math.floor(gauge.fullness * 100)} %</span>}
          </span>
        )}
        {usage.held !== "0" && <span>{of(usage.held)} held</span>}
        {gauge && <span>{of(usage.remaining)} left</span>}
        {usage.overage !== "0" && (
          <span class="bad-text">
            {of(usage.overage)} over
            {usage.priceMicros !== "0" && ` (${format.money(usage.priceMicros, currency)})`}
          </span>
        )}
        {!format.isNever(usage.resetsAtNs) && (
          <span class="muted end">
            {limit.rule.rate ? "full again " : "resets "}
            in {format.duration(Math.max(0, resetsInMs))}
            {resetsInMs > 60_000 && (
              <>
                {" "}
                (<Time ns={usage.resetsAtNs} short />)
              </>
            )}
          </span>
        )}
      </div>
      {props.forecast && (
        <ForecastLine
          forecast={props.forecast}
          unit={meter.unit}
          currency={currency}
          nowMs={nowMs}
        />
      )}
      <Conditions limit={limit} />
      {usage.grants && usage.grants.length > 0 && (
        <ul class="grants muted small" aria-label="Grants of credit, in the order of spending">
          {usage.grants.map((grant, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: their order is what they are known by.
            <li key={i}>
              {of(grant.balance)} of {of(grant.terms.amount)}
              {format.isNever(grant.terms.expiresAtNs) ? (
                ""
              ) : (
                <>
                  {" "}
                  until <Time ns={grant.terms.expiresAtNs} />
                </>
              )}
              {!format.isNever(grant.voidedAtNs) && ", taken away"}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

export function TenantLimits(props: { tenant: Tenant }): JSX.Element {
  const tenant = { id: props.tenant.id };
  const usage = useLoad(
    `usage ${tenant.id}`,
    (signal) => call<Usage>("usage", { tenant }, signal),
    usageEveryMs,
  );
  const forecast = useLoad(
    `forecast ${tenant.id}`,
    (signal) => callIfThere<{ limits?: LimitForecast[] }>("forecast", { tenant }, signal),
    forecastEveryMs,
  );
  return (
    <>
      <Panel
        title="Limits, as they are now"
        id="limits"
        wide
        aside={
          <span class="legend">
            <i class="used" /> used <i class="held" /> held <i class="soft" /> soft limit
          </span>
        }
      >
        <Shown of={usage} rows={6}>
          {(now) =>
            now.limits?.length ? (
              <ul class="limits">
                {now.limits.map((each) => (
                  <Row
                    key={each.limit.id}
                    usage={each}
                    tenant={now.tenant}
                    nowMs={format.toMs(now.nowNs)}
                    forecast={forecast.data?.limits?.find((of) => of.limit === each.limit.id)}
                  />
                ))}
              </ul>
            ) : (
              <Empty title="It has no limits">
                Whatever it asks is allowed. Give it a tier, or a limit with{" "}
                <code>sluicectl limit set {props.tenant.slug} …</code>.
              </Empty>
            )
          }
        </Shown>
      </Panel>
      {usage.data?.limits?.some((each) => each.limit.per?.length) && (
        <Counters tenant={props.tenant} />
      )}
      <Reservations tenant={props.tenant} />
    </>
  );
}
