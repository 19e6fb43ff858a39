// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, callIfThere } from "../api";
import { count } from "../format";
import { useLoad, usePages } from "../load";
import { refine, to } from "../route";
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
  Time,
} from "../ui";
import { type Tenant, type TenantStatus, tenantStatuses } from "../wire";

const pageSize = 50;

const columns: readonly Column<Tenant>[] = [
  {
    name: "Tenant",
    cell: (tenant) => (
      <a class="name" href={to(["tenants", tenant.slug])}>
        {tenant.name || tenant.slug}
        <small>{tenant.slug}</small>
      </a>
    ),
  },
  { name: "Tier", cell: (tenant) => <Badge>{tenant.tier}</Badge> },
  { name: "State", cell: (tenant) => <StateBadge state={tenant.life.status} /> },
  {
    name: "Limits",
    number: true,
    minor: true,
    cell: (tenant) => count(tenant.limits?.length ?? 0),
  },
  { name: "Region", minor: true, cell: (tenant) => tenant.region || <span class="muted">–</span> },
  { name: "Time zone", minor: true, cell: (tenant) => tenant.timezone },
  { name: "Since", cell: (tenant) => <Time ns={tenant.createdAtNs} /> },
];

/** For who may see tenants, but not which there are. */
function OpenOne(): JSX.Element {
  const [name, setName] = useState("");
  return (
    <form
      class="bar"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = to(["tenants", name.trim()]);
      }}
    >
      <label for="open-one">Open a tenant by slug or id</label>
      <input
        id="open-one"
        required
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="primary">
        Open
      </button>
    </form>
  );
}

/** Waits until somebody has stopped typing. */
function useSettled(text: string, ms: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), ms);
    return () => window.clearTimeout(timer);
  }, [text, ms]);
  return settled;
}

export function TenantsPage(props: { query: URLSearchParams }): JSX.Element {
  const tier = props.query.get("tier") ?? "";
  const status = props.query.get("status") ?? "";
  const asked = props.query.get("text") ?? "";
  const [typed, setTyped] = useState(asked);
  // Whoever comes by an address, or goes back to one, means what stands there.
  useEffect(() => setTyped((old) => (old.trim() === asked ? old : asked)), [asked]);
  const text = useSettled(typed.trim(), 250);
  const go = (changed: Record<string, string>) =>
    refine(["tenants"], { text: typed.trim(), tier, status, ...changed });

  const tiers = useLoad("tiers", async (signal) => {
    const list = await callIfThere<{ tiers?: { name: string }[] }>("listTiers", {}, signal);
    return list?.tiers?.map((each) => each.name) ?? [];
  });
  const pages = usePages<Tenant>(`tenants ${text} ${tier} ${status}`, async (last, signal) => {
    const params = {
      text,
      tier,
      pageSize,
      ...(status ? { hasStatus: true, status } : {}),
      ...(last ? { after: last.id } : {}),
    };
    const page = await call<{ tenants?: Tenant[]; more: boolean }>("listTenants", params, signal);
    return { rows: page.tenants ?? [], more: page.more };
  });
  const names = [...new Set([...(tiers.data ?? []), ...(tier ? [tier] : [])])];
  const filtered = text !== "" || tier !== "" || status !== "";

  return (
    <>
      <h1>Tenants</h1>
      <div class="bar" role="search">
        <span class="field grow">
          <label for="search">Search</label>
          <input
            id="search"
            type="search"
            placeholder="Name or slug"
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              go({ text: event.currentTarget.value.trim() });
            }}
          />
        </span>
        <Choice
          label="Tier"
          value={tier}
          options={[["", "All tiers"] as const, ...names.map((name) => [name, name] as const)]}
          onChange={(value) => go({ tier: value })}
        />
        <Choice<TenantStatus | "">
          label="State"
          value={status as TenantStatus | ""}
          options={[["", "All states"], ...tenantStatuses.map((each) => [each, each] as const)]}
          onChange={(value) => go({ status: value })}
        />
      </div>
      <Panel title="All that match" id="tenants" wide>
        <Shown of={pages} rows={8}>
          {(tenants) =>
            tenants.length > 0 ? (
              <>
                <Table label="Tenants" columns={columns} rows={tenants} keyOf={(each) => each.id} />
                <More {...pages} />
              </>
            ) : filtered ? (
              <Empty title="No tenant matches">
                A text of less than three characters is looked for at the beginning of names only.
              </Empty>
            ) : (
              <Empty title="There are no tenants yet">
                Make one with <code>sluicectl tenant create acme --tier starter</code>.
              </Empty>
            )
          }
        </Shown>
        {pages.trouble?.kind === "forbidden" && <OpenOne />}
      </Panel>
    </>
  );
}
