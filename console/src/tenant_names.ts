// SPDX-License-Identifier: Apache-2.0
// Slugs of tenants that are known by their ids. Each is asked for once; who may not know one sees the
// id instead.
import { useEffect, useState } from "preact/hooks";
import { call } from "./api";
import type { Tenant } from "./wire";

const slugs = new Map<string, Promise<string | undefined>>();

function slugOf(id: string): Promise<string | undefined> {
  let slug = slugs.get(id);
  if (slug === undefined) {
    slug = call<Tenant>("showTenant", { tenant: { id } }).then(
      (tenant) => tenant.slug,
      () => undefined,
    );
    slugs.set(id, slug);
  }
  return slug;
}

/** Another credential may know others. */
export function forgetNames(): void {
  slugs.clear();
}

export function useSlug(id: string | null): string | undefined {
  const [known, setKnown] = useState<{ id: string; slug: string | undefined }>();
  useEffect(() => {
    let wanted = true;
    if (id !== null) {
      slugOf(id).then((slug) => wanted && setKnown({ id, slug }));
    }
    return () => {
      wanted = false;
    };
  }, [id]);
  return known?.id === id ? known?.slug : undefined;
}
