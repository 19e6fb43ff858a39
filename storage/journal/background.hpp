// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace sluice {

/// Where slow work runs: preparing files, syncing and deleting them.
///
/// Role       Runs jobs one after the other, in the order in which they were posted. A simulator
///            runs them by hand.
/// Threading  `post` from any thread, also from a job.
/// Ownership  A job owns what it needs: it may run after whoever posted it is gone.
/// Errors     None; a job deals with its own.
class Background {
public:
  virtual ~Background() = default;
  virtual void post(std::function<void()> job) = 0;
};

using BackgroundFactory = std::function<std::unique_ptr<Background>()>;

/// One thread of its own. Ends when it has run everything that was posted.
class ThreadBackground final : public Background {
public:
  ThreadBackground();
  ~ThreadBackground() override;
  ThreadBackground(const ThreadBackground&) = delete;
  ThreadBackground& operator=(const ThreadBackground&) = delete;

  void post(std::function<void()> job) override;

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;  ///< Last: it uses everything above.
};

}  // namespace sluice
