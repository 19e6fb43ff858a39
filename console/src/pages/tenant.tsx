// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Trouble } from "../api";
import { call } from "../api";
import { type Loaded, troubleOf, useLoad } from "../load";
import { to } from "../route";
import { Badge, Dialog, Shown, StateBadge, Time, TroubleNote } from "../ui";
import { type Tenant, tenantRef } from "../wire";
import { TenantAlerts } from "./tenant_alerts";
import { TenantAudit } from "./tenant_audit";
import { TenantHistory } from "./tenant_history";
import { TenantLimits } from "./tenant_limits";
import { TenantMembers } from "./tenant_members";
import { TenantSharing } from "./tenant_sharing";

const tabs = [
  ["limits", "Limits", TenantLimits],
  ["history", "History", TenantHistory],
  ["members", "Members", TenantMembers],
  ["sharing", "Sharing", TenantSharing],
  ["audit", "Audit", TenantAudit],
  ["alerts", "Alerts", TenantAlerts],
] as const;

type LifeChange = "suspend" | "reactivate";

function LifeDialog(props: {
  tenant: Tenant;
  change: LifeChange;
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { tenant, change } = props;
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const confirm = async () => {
    setBusy(true);
    try {
      await call("changeLife", {
        tenant: { id: tenant.id },
        version: tenant.version,
        event: change === "suspend" ? { suspend: reason.trim() } : { reactivate: null },
      });
      props.onDone();
    } catch (error) {
      setTrouble(troubleOf(error));
      setBusy(false);
    }
  };
  const name = tenant.name || tenant.slug;
  return (
    <Dialog
      title={change === "suspend" ? `Suspend ${name}?` : `Reactivate ${name}?`}
      action={change === "suspend" ? "Suspend" : "Reactivate"}
      danger={change === "suspend"}
      busy={busy}
      onConfirm={confirm}
      onClose={props.onClose}
    >
      {change === "suspend" ? (
        <>
          <p>
            From its next check on it may spend nothing, until it is reactivated. What it used
            stays.
          </p>
          <label for="reason">Why</label>
          <input
            id="reason"
            required
            maxLength={200}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </>
      ) : (
        <p>
          From its next check on it may spend again.
          {tenant.life.suspendReason && ` It was suspended because: ${tenant.life.suspendReason}.`}
        </p>
      )}
      {trouble && <TroubleNote trouble={trouble} />}
    </Dialog>
  );
}

function Head(props: { tenant: Tenant; loaded: Loaded<Tenant> }): JSX.Element {
  const { tenant } = props;
  const [asked, setAsked] = useState<LifeChange>();
  const { status } = tenant.life;
  const change: LifeChange | undefined =
    status === "suspended" ? "reactivate" : status === "deactivated" ? undefined : "suspend";
  return (
    <div class="head">
      <div>
        <h1>{tenant.name || tenant.slug}</h1>
        <p class="facts">
          <StateBadge state={status} />
          <Badge>{tenant.tier}</Badge>
          <code title="Its slug">{tenant.slug}</code>
          <code title="Its id" class="id">
            {tenant.id}
          </code>
          <span class="muted">{tenant.timezone}</span>
          <span class="muted">
            since <Time ns={tenant.createdAtNs} />
          </span>
        </p>
        <p class="muted small">
          {status === "suspended" && (
            <>
              Suspended since <Time ns={tenant.life.suspendedAtNs} />
              {tenant.life.suspendReason && `: ${tenant.life.suspendReason}`}.{" "}
            </>
          )}
          {status === "trial" && (
            <>
              Its trial ends on <Time ns={tenant.life.trialEndsAtNs} />.{" "}
            </>
          )}
          {status === "deactivated" && (
            <>
              It is purged on <Time ns={tenant.life.purgeAtNs} />.{" "}
            </>
          )}
          {tenant.pendingTier && (
            <>
              Moves to {tenant.pendingTier.tier} on <Time ns={tenant.pendingTier.atNs} />.
            </>
          )}
        </p>
      </div>
      {change && (
        <button type="button" onClick={() => setAsked(change)}>
          {change === "suspend" ? "Suspend…" : "Reactivate…"}
        </button>
      )}
      {asked && (
        <LifeDialog
          tenant={tenant}
          change={asked}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            props.loaded.reload();
          }}
        />
      )}
    </div>
  );
}

export function TenantPage(props: {
  name: string;
  tab: string;
  query: URLSearchParams;
}): JSX.Element {
  const loaded = useLoad(
    `tenant ${props.name}`,
    (signal) => call<Tenant>("showTenant", { tenant: tenantRef(props.name) }, signal),
    15_000,
  );
  const Tab = tabs.find(([key]) => key === props.tab)?.[2] ?? TenantLimits;
  return (
    <Shown of={loaded}>
      {(tenant) => (
        <>
          <Head tenant={tenant} loaded={loaded} />
          <nav class="tabs" aria-label={`Of ${tenant.slug}`}>
            {tabs.map(([key, text]) => (
              <a
                key={key}
                href={to(["tenants", props.name, key])}
                aria-current={props.tab === key ? "page" : undefined}
              >
                {text}
              </a>
            ))}
          </nav>
          <Tab tenant={tenant} query={props.query} />
        </>
      )}
    </Shown>
  );
}
