// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/home_unit.hpp"

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {
thread_local const HomeUnit* unit_of_this_thread = nullptr;
}  // namespace

void HomeUnit::settle_here() noexcept {
  unit_of_this_thread = this;
}

void HomeUnit::exec_later(caf::resumable* job) {
  if (unit_of_this_thread == this) {
    loop_.defer([this, job] { run(job); });
  } else {
    loop_.post([this, job] { run(job); });
  }
}

void HomeUnit::run(caf::resumable* job) {
  switch (job->resume(this, messages_per_run_max)) {
    case caf::resumable::resume_later:
      // Keeps its reference: it stays in the queue.
      loop_.post([this, job] { run(job); });
      return;
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
      // The next message that wakes it brings its own reference.
      intrusive_ptr_release(job);
      return;
    case caf::resumable::shutdown_execution_unit:
      // Only CAF's own scheduler sends such a job, and only to its own workers.
      invariant_broken("no foreign jobs", __FILE__, __LINE__);
  }
}

}  // namespace sluice
