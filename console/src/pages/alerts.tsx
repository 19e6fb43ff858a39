// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { alertKinds, sentenceOf, toneOfAlert } from "../alert_text";
import { call, type Trouble } from "../api";
import { count } from "../format";
import { troubleOf, useLoad, usePages } from "../load";
import { useMeters } from "../meters";
import { refine } from "../route";
import {
  Badge,
  Choice,
  type Column,
  Empty,
  More,
  Panel,
  Shown,
  StateBadge,
  Table,
  TenantLink,
  Time,
  TroubleNote,
} from "../ui";
import type { Alert, AlertDelivery } from "../wire";

type State = "" | "pending" | "delivered" | "dead";

/** One alert in one line, where there is no room for more. */
export function AlertLine(props: { alert: Alert }): JSX.Element {
  const { alert } = props;
  const meters = useMeters();
  return (
    <span class="alert-line">
      <Badge tone={toneOfAlert(alert.kind)}>{alert.kind}</Badge>
      <span>
        <TenantLink id={alert.tenant} />: {sentenceOf(alert, meters)}
      </span>
      <span class="muted end">
        <Time ns={alert.atNs} short />
      </span>
    </span>
  );
}

const deliveryColumns: readonly Column<AlertDelivery>[] = [
  {
    name: "Webhook",
    cell: (delivery) => (
      <span class="name">
        {delivery.url || "one of the platform's"}
        <small>of the {delivery.owner}</small>
      </span>
    ),
  },
  { name: "State", cell: (delivery) => <StateBadge state={delivery.state} /> },
  { name: "Attempts", number: true, cell: (delivery) => count(delivery.attempts) },
  {
    name: "When",
    cell: (delivery) => (
      <>
        {delivery.state === "pending" ? "not before " : ""}
        <Time ns={delivery.nextNs} />
      </>
    ),
  },
  { name: "Trouble", cell: (delivery) => delivery.trouble || <span class="muted">–</span> },
];

function SendAgain(props: { alert: Alert; onDone: () => void }): JSX.Element {
  const { alert } = props;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const send = async () => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await call("sendAlertAgain", {
        alert: alert.id,
        ...(alert.tenant ? { tenant: { id: alert.tenant } } : {}),
      });
      props.onDone();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" onClick={send} disabled={busy}>
        Send again what is dead
      </button>
      {trouble && <TroubleNote trouble={trouble} />}
    </>
  );
}

function Deliveries(props: { alert: Alert; onChange: () => void }): JSX.Element {
  const { alert } = props;
  const deliveries = useLoad(
    `deliveries ${alert.id}`,
    (signal) =>
      call<{ deliveries?: AlertDelivery[] }>(
        "alertDeliveries",
        { alert: alert.id, ...(alert.tenant ? { tenant: { id: alert.tenant } } : {}) },
        signal,
      ),
    5_000,
  );
  return (
    <div class="deliveries">
      <Shown of={deliveries} rows={2}>
        {(page) =>
          page.deliveries?.length ? (
            <>
              <Table
                label="Deliveries"
                columns={deliveryColumns}
                rows={page.deliveries}
                keyOf={(delivery) => `${delivery.owner} ${delivery.url}`}
              />
              {page.deliveries.some((delivery) => delivery.state === "dead") && (
                <SendAgain
                  alert={alert}
                  onDone={() => {
                    deliveries.reload();
                    props.onChange();
                  }}
                />
              )}
            </>
          ) : (
            <Empty title="No webhook hears of it" />
          )
        }
      </Shown>
    </div>
  );
}

function Row(props: { alert: Alert; ofOne: boolean; onChange: () => void }): JSX.Element {
  const { alert } = props;
  const meters = useMeters();
  const [open, setOpen] = useState(false);
  const counts = [
    [alert.delivered, "delivered", "good"],
    [alert.pending, "pending", "accent"],
    [alert.dead, "dead", "bad"],
  ] as const;
  return (
    <li data-alert={alert.id}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="alert-line">
            <Badge tone={toneOfAlert(alert.kind)}>{alert.kind}</Badge>
            <span>
              {!props.ofOne && (
                <>
                  <TenantLink id={alert.tenant} />:{" "}
                </>
              )}
              {sentenceOf(alert, meters)}
            </span>
            <span class="end">
              {counts.map(
                ([number, name, tone]) =>
                  number > 0 && (
                    <Badge key={name} tone={tone}>
                      {count(number)} {name}
                    </Badge>
                  ),
              )}{" "}
              <span class="muted">
                <Time ns={alert.atNs} />
              </span>
            </span>
          </span>
        </summary>
        {open && (
          <>
            <pre class="data">{JSON.stringify(JSON.parse(alert.data || "{}"), null, 2)}</pre>
            <Deliveries alert={alert} onChange={props.onChange} />
          </>
        )}
      </details>
    </li>
  );
}

/** The alerts of one tenant, or (null) of all and the platform. */
export function AlertList(props: {
  tenant: string | null;
  query: URLSearchParams;
  refine: (query: Record<string, string>) => void;
}): JSX.Element {
  const kind = props.query.get("kind") ?? "";
  const state = (props.query.get("state") ?? "") as State;
  const pages = usePages<Alert>(`alerts ${props.tenant} ${kind} ${state}`, async (last, signal) => {
    const asked = {
      kind,
      state,
      ...(props.tenant ? { tenant: { id: props.tenant } } : {}),
      ...(last ? { before: last.number } : {}),
    };
    const page = await call<{ alerts?: Alert[]; more: boolean }>("listAlerts", asked, signal);
    return { rows: page.alerts ?? [], more: page.more };
  });
  return (
    <>
      <div class="bar" role="search">
        <Choice
          label="Event"
          value={kind}
          options={[
            ["", "All events"] as const,
            ...alertKinds.map((each) => [each, each] as const),
          ]}
          onChange={(value) => props.refine({ kind: value, state })}
        />
        <Choice<State>
          label="Delivery"
          value={state}
          options={[
            ["", "Any or none"],
            ["pending", "pending"],
            ["delivered", "delivered"],
            ["dead", "dead"],
          ]}
          onChange={(value) => props.refine({ kind, state: value })}
        />
      </div>
      <Panel title="The latest first" id="alerts" wide>
        <Shown of={pages} rows={6}>
          {(alerts) =>
            alerts.length ? (
              <>
                <ul class="alerts">
                  {alerts.map((alert) => (
                    <Row
                      key={alert.id}
                      alert={alert}
                      ofOne={props.tenant !== null}
                      onChange={pages.reload}
                    />
                  ))}
                </ul>
                <More {...pages} />
              </>
            ) : (
              <Empty title={kind || state ? "No alert matches" : "All quiet"}>
                {!kind && !state && "There are no alerts."}
              </Empty>
            )
          }
        </Shown>
      </Panel>
    </>
  );
}

export function AlertsPage(props: { query: URLSearchParams }): JSX.Element {
  return (
    <>
      <h1>Alerts</h1>
      <AlertList tenant={null} query={props.query} refine={(query) => refine(["alerts"], query)} />
    </>
  );
}
