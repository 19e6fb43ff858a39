// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

/// What the scheduler and whoever looks at the process are told about a thread.
///
/// Role       Two calls to the kernel, made by a thread about itself as it starts.
/// Threading  Any thread; each speaks only of the one that calls it.
/// Ownership  None.
/// Units      None.
/// Errors     None: a kernel that does not know the request goes on as before.
/// Cost       One system call each.

/// Up to 15 characters, as `top -H` and a debugger show them.
void name_this_thread(const char* name) noexcept;

/// Asks for short slices, so that waking up takes the core from a thread that computes, rather than
/// waiting out its slice of some milliseconds. It gives no larger share of the core, and needs no
/// privilege.
/// Source     The `sched_runtime` of sched_setattr(2) for ordinary threads, from Linux 6.12 on.
void run_soon_after_waking() noexcept;

}  // namespace sluice
