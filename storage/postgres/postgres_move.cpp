// SPDX-License-Identifier: Apache-2.0
// How the rows of a tenant get to another place.
//
//   prepare_move   leftover(to) -> clean -> found -> copy, copy, ...   while saves go on
//   move           what was saved since; then one transaction of the center, which is the switch
//   sweep          leftover(from), a few rows at a time
//
// The place that the center says is the truth, and the only one. Every other place that may have
// rows of the tenant stands in `leftovers`, from before it has the first until after it has the
// last: so whatever stops in between, a start finds what to sweep.
#include <algorithm>
#include <utility>

#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/tenant_statements.hpp"

namespace sluice::postgres {

namespace {

constexpr std::size_t rows_at_once = 5'000;
/// So that the name of a tenant's own schema is one that PostgreSQL does not cut off.
constexpr std::size_t center_schema_bytes_max = 30;

bool is_managed_apart(const Placement& placement) {
  return placement.isolation == Isolation::dedicated_schema;
}

/// All from that of the first row to that of the last.
std::set<std::chrono::year_month> months_between(WallTime first, WallTime last) {
  std::set<std::chrono::year_month> months;
  for (auto month = month_of(first); month <= month_of(last); month += std::chrono::months{1}) {
    months.insert(month);
  }
  return months;
}

/// State is there as a whole, or not at all.
void replace_rows(Transaction& transaction, TenantId tenant, const Parcel& parcel) {
  if (parcel.table->time == PlaceTable::Time::none) {
    static_cast<void>(delete_rows(transaction, tenant, *parcel.table, 0));
  }
  write_rows(transaction, parcel);
}

}  // namespace

Result<Rest> PostgresStore::prepare_move(Epoch epoch, const TenantDefinition& definition,
                                         const Placement& to) {
  if (!move_ || move_->tenant != definition.id || move_->to != to) {
    move_.reset();
    const auto from = locate(definition.id);
    if (!from.ok()) {
      return from.fault();
    }
    if (from.value() == to) {
      return Fault{FaultCode::conflict, "isolation: the tenant is " + to_string(to)};
    }
    if (to.isolation == Isolation::dedicated_schema &&
        options_.schema.size() > center_schema_bytes_max) {
      return Fault{FaultCode::invalid_argument,
                   "isolation: the name of schema " + options_.schema +
                       " is too long to make others of it (30 bytes at most)"};
    }
    if (const auto at = reach(to, definition.id, Part::spent); !at.ok()) {
      return at.fault();
    }
    const auto noted = write_as<Done>(epoch, [&](Transaction& transaction) {
      put_leftover(transaction, definition.id, to);
      return Done{};
    });
    if (!noted.ok()) {
      return noted.fault();
    }
    move_ = Move{definition.id, from.value(), to};
    return Rest::some;
  }
  auto advanced = advance(epoch, definition);
  if (!advanced.ok()) {
    move_.reset();
  }
  return advanced;
}

/// One step.
Result<Rest> PostgresStore::advance(Epoch epoch, const TenantDefinition& definition) {
  Move& move = *move_;
  switch (move.step) {
    case Move::Step::clean: {
      const auto swept = sweep_place(epoch, {move.tenant, move.to, move.from});
      if (swept.ok() && swept.value() == Rest::none) {
        move.step = Move::Step::found;
      }
      return swept.ok() ? Result<Rest>{Rest::some} : swept;
    }
    case Move::Step::found: {
      const auto founded = found_place(epoch, definition, move.to);
      move.step = Move::Step::copy;
      return founded.ok() ? Result<Rest>{Rest::some} : founded.fault();
    }
    case Move::Step::copy: {
      if (const auto copied = copy_part(epoch); !copied.ok()) {
        return copied.fault();
      }
      if (place_tables.at(move.table).time != PlaceTable::Time::none) {
        return Rest::some;
      }
      move.step = Move::Step::ready;
      return Rest::none;
    }
    case Move::Step::ready:
      return Rest::none;
  }
  SLUICE_INVARIANT(!"a step outside of its enum");
}

Result<Done> PostgresStore::copy_part(Epoch epoch) {
  Move& move = *move_;
  const PlaceTable& table = place_tables.at(move.table);
  const auto from = reach(move.from, move.tenant, Part::spent);
  const auto to = reach(move.to, move.tenant, Part::spent);
  if (!from.ok() || !to.ok()) {
    return from.ok() ? to.fault() : from.fault();
  }
  const Result<Parcel> read =
      told<Parcel>(from.value(),
                   from.value().session->transact<Parcel>(
                       Transaction::Kind::read, Scope{from.value().schema, move.tenant},
                       [&](Transaction& transaction) {
                         return read_rows(transaction, move.tenant, table, move.mark, rows_at_once);
                       }));
  if (!read.ok()) {
    return read.fault();
  }
  const Parcel& parcel = read.value();
  if (parcel.count > 0) {
    if (auto ensured =
            ensure_months_at(to.value(), epoch, months_between(parcel.first, parcel.last.at));
        !ensured.ok()) {
      return ensured;
    }
    const auto written = write_at<Done>(to.value(), epoch, [&](Transaction& transaction) {
      write_rows(transaction, parcel);
      return Done{};
    });
    if (!written.ok()) {
      return written;
    }
    move.mark = parcel.last;
  }
  if (parcel.count < rows_at_once) {
    ++move.table;
    move.mark = RowMark{};
  }
  return Done{};
}

void PostgresStore::note_dirty(const SaveBatch& batch) {
  if (!move_) {
    return;
  }
  const auto note = [&](TenantId tenant, WallTime at) {
    if (tenant == move_->tenant) {
      move_->dirty_from = std::min(move_->dirty_from.value_or(at), at);
    }
  };
  for (const UsageRow& row : batch.closed_usage) {
    note(row.tenant, start_of(row.bucket.minute));
  }
  for (const WindowRow& row : batch.closed_windows) {
    note(row.tenant, row.window.ended_at);
  }
}

/// What was saved meanwhile, and all state.
Result<std::vector<Parcel>> PostgresStore::read_rest(const Move& move) {
  std::vector<Parcel> parcels;
  const bool moves_managed = is_managed_apart(move.from) || is_managed_apart(move.to);
  for (const PlaceTable& table : place_tables) {
    const bool has_time = table.time != PlaceTable::Time::none;
    if ((has_time && !move.dirty_from) || (table.managed && !moves_managed)) {
      continue;
    }
    const auto from = reach(move.from, move.tenant, table.managed ? Part::managed : Part::spent);
    if (!from.ok()) {
      return from.fault();
    }
    RowMark mark = has_time ? before_row_of(table, *move.dirty_from) : RowMark{};
    for (bool more = true; more;) {
      auto read = told<Parcel>(
          from.value(), from.value().session->transact<Parcel>(
                            Transaction::Kind::read, Scope{from.value().schema, move.tenant},
                            [&](Transaction& transaction) {
                              return read_rows(transaction, move.tenant, table, mark, rows_at_once);
                            }));
      if (!read.ok()) {
        return read.fault();
      }
      more = has_time && read.value().count == rows_at_once;
      mark = read.value().last;
      parcels.push_back(std::move(read).value());
    }
  }
  return parcels;
}

Result<Done> PostgresStore::fill_instance(Epoch epoch, const Move& move,
                                          const TenantDefinition& definition,
                                          const std::vector<Parcel>& parcels) {
  const auto to = reach(move.to, move.tenant, Part::spent);
  if (!to.ok()) {
    return to.fault();
  }
  return write_at<Done>(to.value(), epoch, [&](Transaction& transaction) {
    put_referents(transaction, definition);
    for (const Parcel& parcel : parcels) {
      if (!parcel.table->managed) {
        replace_rows(transaction, move.tenant, parcel);
      }
    }
    return Done{};
  });
}

Result<Done> PostgresStore::move(const Deed& deed, const TenantDefinition& definition) {
  if (!move_ || move_->step != Move::Step::ready || move_->tenant != definition.id ||
      move_->to != definition.placement) {
    return Fault{FaultCode::conflict, "isolation: this move was not prepared"};
  }
  const Move move = *std::exchange(move_, std::nullopt);
  const TenantId id = move.tenant;
  const auto rest = read_rest(move);
  if (!rest.ok()) {
    return rest.fault();
  }
  const auto to = reach(move.to, id, Part::spent);
  if (!to.ok()) {
    return to.fault();
  }
  for (const Parcel& parcel : rest.value()) {
    if (parcel.count > 0 && parcel.table->time != PlaceTable::Time::none) {
      if (auto ensured = ensure_months_at(to.value(), deed.epoch,
                                          months_between(parcel.first, parcel.last.at));
          !ensured.ok()) {
        return ensured;
      }
    }
  }
  const bool to_instance = move.to.isolation == Isolation::dedicated_instance;
  if (to_instance) {
    if (auto filled = fill_instance(deed.epoch, move, definition, rest.value()); !filled.ok()) {
      return filled;
    }
  }
  const std::string schema = schema_of(options_.schema, id);
  return switching(id, move.from, move.to, [&] {
    return write_as<Done>(deed, [&](Transaction& transaction) -> Result<Done> {
      if (auto replaced = replace_tenant(transaction, definition); !replaced.ok()) {
        return replaced;
      }
      set_placement(transaction, id, move.to);
      put_leftover(transaction, id, move.from);
      forget_leftover(transaction, id, move.to);
      if (is_managed_apart(move.to)) {
        transaction.enter(schema);
        put_referents(transaction, definition);
        prune_referents(transaction, definition);
      }
      for (const Parcel& parcel : rest.value()) {
        if (parcel.table->managed || !to_instance) {
          replace_rows(transaction, id, parcel);
        }
      }
      transaction.enter(options_.schema);
      index_members(transaction, id,
                    is_managed_apart(move.to) ? std::optional{schema} : std::nullopt);
      return Done{};
    });
  });
}

Result<Rest> PostgresStore::sweep(Epoch epoch) {
  const auto leftovers = read<std::vector<Leftover>>(select_leftovers);
  if (!leftovers.ok()) {
    return leftovers.fault();
  }
  std::optional<Fault> trouble;
  for (const Leftover& leftover : leftovers.value()) {
    if (move_ && move_->tenant == leftover.tenant && move_->to == leftover.place) {
      continue;
    }
    auto swept = sweep_place(epoch, leftover);
    if (swept.ok() && swept.value() == Rest::none) {
      const auto forgotten = write_as<Done>(epoch, [&](Transaction& transaction) {
        forget_leftover(transaction, leftover.tenant, leftover.place);
        return Done{};
      });
      swept = forgotten.ok() ? Result<Rest>{Rest::some} : forgotten.fault();
    }
    if (swept.ok() || swept.fault().code == FaultCode::fenced) {
      return swept;
    }
    trouble = swept.fault();  // Others may be reached all the same.
  }
  return trouble ? Result<Rest>{*trouble} : Result<Rest>{Rest::none};
}

Result<Rest> PostgresStore::sweep_place(Epoch epoch, const Leftover& leftover) {
  if (leftover.place.isolation == Isolation::dedicated_schema) {
    const std::string schema = schema_of(options_.schema, leftover.tenant);
    months_.erase(schema);
    return write_as<Rest>(epoch, [&](Transaction& transaction) {
      transaction.script("DROP SCHEMA IF EXISTS \"" + schema + "\" CASCADE");
      return Rest::none;
    });
  }
  const auto at = reach(leftover.place, leftover.tenant, Part::spent);
  if (!at.ok()) {
    return at.fault();
  }
  const bool is_instance = !at.value().instance.empty();
  // In the center, what is managed is there unless the tenant has it in its own schema.
  const bool sweeps_managed = is_instance || (leftover.now && is_managed_apart(*leftover.now));
  return write_at<Rest>(at.value(), epoch, [&](Transaction& transaction) {
    std::size_t gone = 0;
    for (const PlaceTable& table : place_tables) {
      if (!table.managed || sweeps_managed) {
        gone += delete_rows(transaction, leftover.tenant, table, rows_at_once);
      }
      if (gone >= rows_at_once) {
        return Rest::some;
      }
    }
    if (is_instance) {
      remove_referent(transaction, leftover.tenant);
    }
    return Rest::none;
  });
}

}  // namespace sluice::postgres
