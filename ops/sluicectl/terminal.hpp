// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/signalfd.h>
#include <termios.h>

#include <chrono>
#include <csignal>
#include <string_view>

namespace sluice::ctl {

/// Turns SIGINT, SIGTERM and SIGHUP into something to wait for, as long as it lives. Made before
/// any other thread, so that none of them takes the signal.
class Interrupts {
public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// Readable once a signal has come.
  [[nodiscard]] int descriptor() const { return descriptor_; }

private:
  sigset_t before_{};
  int descriptor_ = -1;
};

/// The terminal's other screen, drawn on as a whole; the first one comes back untouched at the end.
///
/// Threading  Confined; at most one at a time.
/// Errors     None: a terminal that cannot do something shows less.
class Screen {
public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Shows these lines in place of the ones before; what does not fit is cut.
  void draw(std::string_view text);

  /// Waits so long, or until somebody wants to leave: `q`, Ctrl-C, a signal, the end of the input.
  /// Returns whether somebody does.
  [[nodiscard]] bool asked_to_leave_within(std::chrono::milliseconds time,
                                           const Interrupts& interrupts);

private:
  termios before_{};
};

}  // namespace sluice::ctl
