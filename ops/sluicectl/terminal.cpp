// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/terminal.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace sluice::ctl {
namespace {

// The other screen, without cursor, with long lines cut in place of wrapped; and back.
constexpr std::string_view enter_screen = "\033[?1049h\033[?25l\033[?7l";
constexpr std::string_view leave_screen = "\033[?7h\033[?25h\033[?1049l";
constexpr std::string_view home = "\033[H";
constexpr std::string_view clear_line_rest = "\033[K";
constexpr std::string_view clear_below = "\033[J";
constexpr char control_c = '\003';

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t terminal_lines() {
  winsize window{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_row > 0 ? window.ws_row : 24;
}

}  // namespace

Interrupts::Interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
}

Interrupts::~Interrupts() {
  if (descriptor_ >= 0) {
    // Taken here, so that it does not end the program once it is no longer blocked.
    pollfd waiting{descriptor_, POLLIN, 0};
    signalfd_siginfo info{};
    while (poll(&waiting, 1, 0) > 0 && read(descriptor_, &info, sizeof info) > 0) {
    }
    close(descriptor_);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Screen::Screen() {
  tcgetattr(STDIN_FILENO, &before_);
  termios keys = before_;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  write_all(enter_screen);
}

Screen::~Screen() {
  write_all(leave_screen);
  tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void Screen::draw(std::string_view text) {
  std::string frame{home};
  const std::size_t lines_max = terminal_lines();
  for (std::size_t line = 0; line < lines_max && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    frame += line == 0 ? "" : "\r\n";
    frame.append(text.substr(0, end)).append(clear_line_rest);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  frame += clear_below;
  write_all(frame);
}

bool Screen::asked_to_leave_within(std::chrono::milliseconds time, const Interrupts& interrupts) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return false;
    }
    std::array<pollfd, 2> sources{
        {{STDIN_FILENO, POLLIN, 0}, {interrupts.descriptor(), POLLIN, 0}}};
    if (poll(sources.data(), sources.size(), static_cast<int>(left.count())) <= 0) {
      continue;
    }
    if (sources[1].revents != 0) {
      return true;
    }
    char key = 0;
    if (sources[0].revents != 0 &&
        (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q' || key == control_c)) {
      return true;
    }
  }
}

}  // namespace sluice::ctl
