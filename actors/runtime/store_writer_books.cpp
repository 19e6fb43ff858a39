// SPDX-License-Identifier: Apache-2.0
// How the writer sees to money: the desk does a part, and others come in between.
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/sharing/audit_books.hpp"

namespace sluice {

void StoreWriter::see_to_books(SeeToBooks& wish) {
  clear_doubts();
  // What ended by itself owes nothing after its end, so that has to be written before. If it cannot
  // be, others are billed all the same.
  if (end_due_sharing(wall()) == Rest::some) {
    caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
    return;
  }
  const auto rest = books_desk_.see_to(wish.saved_before, wall());
  if (!rest.ok()) {
    report("books", rest.fault());
    return wish.ended();
  }
  if (rest.value() == Rest::none) {
    return wish.ended();
  }
  caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
}

void StoreWriter::mark_payout_paid(MarkPayoutPaid& wish) {
  auto marked = [&]() -> Result<Payout> {
    if (const auto valid = validate_payout_reference(wish.reference); !valid.ok()) {
      return valid.fault();
    }
    return store_->mark_payout_paid(
        deed_of(audit_of_payout_paid(wish.key, wish.reference), std::move(wish.author)), wish.key,
        wall(), wish.reference);
  }();
  if (!marked.ok()) {
    report("mark_payout_paid", marked.fault());
  }
  wish.caller.answer(std::move(marked));
}

}  // namespace sluice
