// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// The embedded store: tenants and what they spent, in one SQLite file.
///
/// Role       Opens the file, makes it if it is not there, brings its tables up to date, and hands
///            out connections to it. `shards_for_a_new_file` is kept in a file that is made here;
///            a file that was there keeps its own number.
/// Threading  The factory may be called from any thread; each `Store` belongs to one thread.
///            Readers never wait; writers wait for each other up to `busy_timeout`.
/// Ownership  The factory holds only the path. A file must have one server at a time: see
///            `DataDirectory`.
/// Errors     `unavailable` if the file cannot be opened, `data_damaged` if it is not ours or
/// cannot
///            be right, `invalid_argument` if a newer sluiced has written it.
/// Cost       Each transaction that writes syncs the disk once. Measured on two cores with six
///            limits a tenant: see docs/storage.md.
[[nodiscard]] Result<StoreFactory> open_sqlite(
    std::string path, ShardCount shards_for_a_new_file,
    std::chrono::milliseconds busy_timeout = std::chrono::seconds{5});

}  // namespace sluice
