// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/home.hpp"

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

thread_local const Home* home_of_this_thread = nullptr;

}  // namespace

bool Home::is_here() const noexcept {
  return home_of_this_thread == this;
}

void Home::settle_here() noexcept {
  home_of_this_thread = this;
}

void Home::exec_later(caf::resumable* job) {
  if (is_here()) {
    defer([this, job] { run(job); });
  } else {
    post([this, job] { run(job); });
  }
}

void Home::run(caf::resumable* job) {
  switch (job->resume(this, messages_per_run_)) {
    case caf::resumable::resume_later:
      // Keeps its reference: it stays in the queue.
      post([this, job] { run(job); });
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
