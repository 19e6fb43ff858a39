// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call } from "../api";
import { count } from "../format";
import { useLoad, usePages } from "../load";
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
import type { Member, Tenant } from "../wire";

type Status = "" | "active" | "invited" | "suspended";

const columns: readonly Column<Member>[] = [
  {
    name: "Member",
    cell: (member) => (
      <span class="name">
        {member.userId}
        <small>{member.email}</small>
      </span>
    ),
  },
  { name: "Role", cell: (member) => <Badge>{member.role}</Badge> },
  { name: "State", cell: (member) => <StateBadge state={member.status} /> },
  { name: "Invited", cell: (member) => <Time ns={member.invitedAtNs} /> },
  {
    name: "Joined",
    cell: (member) => (member.hasJoined ? <Time ns={member.joinedAtNs} /> : "not yet"),
  },
];

function OwnRoles(props: { tenant: Tenant }): JSX.Element {
  const roles = useLoad(`roles ${props.tenant.id}`, (signal) =>
    call<{ roles?: { name: string; permissions: string; members: number }[] }>(
      "listRoles",
      { tenant: { id: props.tenant.id } },
      signal,
    ),
  );
  return (
    <Panel title="Roles of its own" id="roles" wide>
      <Shown of={roles} rows={2}>
        {(answer) =>
          answer.roles?.length ? (
            <Table
              label="Roles"
              rows={answer.roles}
              keyOf={(role) => role.name}
              columns={[
                { name: "Role", cell: (role) => <Badge>{role.name}</Badge> },
                { name: "Members", number: true, cell: (role) => count(role.members) },
                { name: "May", cell: (role) => <code>{role.permissions}</code> },
              ]}
            />
          ) : (
            <Empty title="None">Members are owners, admins, members or viewers.</Empty>
          )
        }
      </Shown>
    </Panel>
  );
}

export function TenantMembers(props: { tenant: Tenant }): JSX.Element {
  const [text, setText] = useState("");
  const [status, setStatus] = useState<Status>("");
  const pages = usePages<Member>(
    `members ${props.tenant.id} ${text} ${status}`,
    async (last, signal) => {
      const asked = {
        tenant: { id: props.tenant.id },
        text,
        ...(status ? { hasStatus: true, status } : {}),
        ...(last ? { after: last.userId } : {}),
      };
      const page = await call<{ members?: Member[]; more: boolean }>("listMembers", asked, signal);
      return { rows: page.members ?? [], more: page.more };
    },
  );
  return (
    <>
      <div class="bar" role="search">
        <span class="field grow">
          <label for="member-search">Search</label>
          <input
            id="member-search"
            type="search"
            placeholder="User id or email"
            value={text}
            onInput={(event) => setText(event.currentTarget.value.trim())}
          />
        </span>
        <Choice<Status>
          label="State"
          value={status}
          options={[
            ["", "All states"],
            ["active", "active"],
            ["invited", "invited"],
            ["suspended", "suspended"],
          ]}
          onChange={setStatus}
        />
      </div>
      <Panel title="Members" id="members" wide>
        <Shown of={pages} rows={5}>
          {(members) =>
            members.length ? (
              <>
                <Table
                  label="Members"
                  columns={columns}
                  rows={members}
                  keyOf={(member) => member.userId}
                />
                <More {...pages} />
              </>
            ) : (
              <Empty title={text || status ? "No member matches" : "It has no members"}>
                {!text && !status && (
                  <>
                    Add one with <code>sluicectl member add {props.tenant.slug} …</code>.
                  </>
                )}
              </Empty>
            )
          }
        </Shown>
      </Panel>
      <OwnRoles tenant={props.tenant} />
    </>
  );
}
