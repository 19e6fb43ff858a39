// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call } from "../api";
import * as format from "../format";
import { useLoad, usePages } from "../load";
import {
  Badge,
  type Column,
  Empty,
  More,
  Panel,
  Segments,
  Shown,
  StateBadge,
  Table,
  TenantLink,
  Time,
} from "../ui";
import {
  type SharingPolicy,
  type SharingRequest,
  type SharingStatement,
  type SharingUuid,
  type Tenant,
  uuidOf,
} from "../wire";

type Side = "owner" | "consumer";

const permissionNames = ["read", "execute", "modify", "share", "delete", "admin"];

function permissionsOf(bits: number): string {
  return permissionNames.filter((_, bit) => bits & (1 << bit)).join(", ") || "none";
}

const visibilities: Record<string, string> = {
  owner: "private",
  allowed: "chosen tenants",
  marketplace: "marketplace",
  everyone: "public",
};

function Resource(props: { type: string; id: string; title?: string }): JSX.Element {
  return (
    <span class="name">
      {props.type}/{props.id}
      {props.title && <small>{props.title}</small>}
    </span>
  );
}

/** What a request is about, which only its policy tells. */
function ResourceOf(props: { tenant: Tenant; policy: SharingUuid }): JSX.Element {
  const id = uuidOf(props.policy);
  const policy = useLoad(`policy ${props.tenant.id} ${id}`, (signal) =>
    call<SharingPolicy>(
      "showPolicy",
      { tenant: { id: props.tenant.id }, policy: props.policy },
      signal,
    ),
  );
  return policy.data ? (
    <Resource type={policy.data.resourceType} id={policy.data.resourceId} />
  ) : (
    <code title={id}>{id.slice(0, 8)}…</code>
  );
}

const policyColumns: readonly Column<SharingPolicy>[] = [
  {
    name: "Resource",
    cell: (policy) => (
      <Resource type={policy.resourceType} id={policy.resourceId} title={policy.title} />
    ),
  },
  { name: "Seen by", cell: (policy) => visibilities[policy.visibility] ?? policy.visibility },
  { name: "Gives", cell: (policy) => permissionsOf(policy.permissions) },
  { name: "Approval", cell: (policy) => (policy.requiresApproval ? "needed" : "at once") },
  {
    name: "Price",
    cell: (policy) =>
      policy.pricing && policy.pricing.kind !== "free" ? (
        <Badge tone="accent">{format.words(policy.pricing.kind)}</Badge>
      ) : (
        "free"
      ),
  },
  {
    name: "Until",
    cell: (policy) => (policy.hasExpiry ? <Time ns={policy.expiresAtNs} /> : "no end"),
  },
];

function Policies(props: { tenant: Tenant }): JSX.Element {
  const pages = usePages<SharingPolicy>(`policies ${props.tenant.id}`, async (last, signal) => {
    const page = await call<{ policies?: SharingPolicy[]; more: boolean }>(
      "listPolicies",
      { tenant: { id: props.tenant.id }, ...(last ? { after: last.id } : {}) },
      signal,
    );
    return { rows: page.policies ?? [], more: page.more };
  });
  return (
    <Panel title="What it shares" id="policies" wide>
      <Shown of={pages}>
        {(policies) =>
          policies.length ? (
            <>
              <Table
                label="Policies"
                columns={policyColumns}
                rows={policies}
                keyOf={(policy) => uuidOf(policy.id)}
              />
              <More {...pages} />
            </>
          ) : (
            <Empty title="It shares nothing" />
          )
        }
      </Shown>
    </Panel>
  );
}

function columnsOf(tenant: Tenant, side: Side): readonly Column<SharingRequest>[] {
  return [
    {
      name: "Resource",
      cell: (request) => <ResourceOf tenant={tenant} policy={request.policy} />,
    },
    {
      name: side === "owner" ? "Asked by" : "Of",
      cell: (request) => <TenantLink id={side === "owner" ? request.consumer : request.owner} />,
    },
    { name: "May", cell: (request) => permissionsOf(request.permissions) },
    {
      name: "State",
      cell: (request) => (
        <span title={request.reason || undefined}>
          <StateBadge state={request.state} />
        </span>
      ),
    },
    { name: "Asked", cell: (request) => <Time ns={request.createdAtNs} /> },
    {
      name: "Until",
      cell: (request) => (request.hasExpiry ? <Time ns={request.expiresAtNs} /> : "no end"),
    },
  ];
}

function Requests(props: { tenant: Tenant; side: Side; title: string; none: string }): JSX.Element {
  const { tenant, side } = props;
  const [standing, setStanding] = useState<"all" | "approved" | "pending">("all");
  const pages = usePages<SharingRequest>(
    `access ${tenant.id} ${side} ${standing}`,
    async (last, signal) => {
      const page = await call<{ requests?: SharingRequest[]; more: boolean }>(
        "listAccess",
        {
          tenant: { id: tenant.id },
          side,
          ...(standing === "all" ? {} : { hasState: true, state: standing }),
          ...(last ? { after: last.id } : {}),
        },
        signal,
      );
      return { rows: page.requests ?? [], more: page.more };
    },
  );
  return (
    <Panel
      title={props.title}
      id={side === "owner" ? "given" : "held"}
      wide
      aside={
        <Segments
          label="Which"
          value={standing}
          options={[
            ["all", "All"],
            ["approved", "Grants"],
            ["pending", "Waiting"],
          ]}
          onChange={setStanding}
        />
      }
    >
      <Shown of={pages}>
        {(requests) =>
          requests.length ? (
            <>
              <Table
                label={props.title}
                columns={columnsOf(tenant, side)}
                rows={requests}
                keyOf={(request) => uuidOf(request.id)}
              />
              <More {...pages} />
            </>
          ) : (
            <Empty title={standing === "all" ? props.none : "None"} />
          )
        }
      </Shown>
    </Panel>
  );
}

function statementColumns(side: Side): readonly Column<SharingStatement>[] {
  return [
    {
      name: "Resource",
      cell: (line) => <Resource type={line.resourceType} id={line.resourceId} />,
    },
    {
      name: side === "owner" ? "Consumer" : "Owner",
      cell: (line) => <TenantLink id={side === "owner" ? line.consumer : line.owner} />,
    },
    {
      name: "Period",
      cell: (line) => (
        <>
          <Time ns={line.periodStartNs} /> {line.running && <Badge tone="accent">running</Badge>}
        </>
      ),
    },
    { name: "Uses", number: true, cell: (line) => format.count(line.uses) },
    {
      name: "Costs",
      number: true,
      cell: (line) => format.money(line.amountMicros, line.currency),
    },
    ...(side === "owner"
      ? [
          {
            name: "Its part",
            number: true,
            cell: (line: SharingStatement) => format.money(line.ownerMicros, line.currency),
          },
        ]
      : []),
  ];
}

function Statements(props: { tenant: Tenant }): JSX.Element {
  const [side, setSide] = useState<Side>("owner");
  const lines = useLoad(`statements ${props.tenant.id} ${side}`, async (signal) => {
    const ask = (running: boolean) =>
      call<{ statements?: SharingStatement[] }>(
        "sharingStatements",
        { tenant: { id: props.tenant.id }, side, running, pageSize: 100 },
        signal,
      ).then((page) => page.statements ?? []);
    const [running, closed] = await Promise.all([ask(true), ask(false)]);
    return [...running, ...closed.reverse()];
  });
  return (
    <Panel
      title="Statements"
      id="statements"
      wide
      aside={
        <Segments<Side>
          label="As"
          value={side}
          options={[
            ["owner", "It is owed"],
            ["consumer", "It owes"],
          ]}
          onChange={setSide}
        />
      }
    >
      <Shown of={lines}>
        {(all) =>
          all.length ? (
            <Table
              label="Statements"
              columns={statementColumns(side)}
              rows={all}
              keyOf={(line) => `${uuidOf(line.grant)} ${line.periodStartNs}`}
            />
          ) : (
            <Empty title="There are no statements" />
          )
        }
      </Shown>
    </Panel>
  );
}

export function TenantSharing(props: { tenant: Tenant }): JSX.Element {
  const { tenant } = props;
  return (
    <>
      <Policies tenant={tenant} />
      <Requests
        tenant={tenant}
        side="owner"
        title="Who asked for it"
        none="Nobody has asked for anything"
      />
      <Requests
        tenant={tenant}
        side="consumer"
        title="What it uses of others"
        none="It has asked for nothing"
      />
      <Statements tenant={tenant} />
    </>
  );
}
