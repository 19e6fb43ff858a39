// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { refine } from "../route";
import type { Tenant } from "../wire";
import { AlertList } from "./alerts";

export function TenantAlerts(props: { tenant: Tenant; query: URLSearchParams }): JSX.Element {
  return (
    <AlertList
      tenant={props.tenant.id}
      query={props.query}
      refine={(query) => refine(["tenants", props.tenant.slug, "alerts"], query)}
    />
  );
}
