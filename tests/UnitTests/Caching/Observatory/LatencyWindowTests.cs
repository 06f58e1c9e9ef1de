using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.UnitTests.Caching.Observatory;

public sealed class LatencyWindowTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LatencyWindow _window;

    public LatencyWindowTests() => _window = new LatencyWindow(_clock);

    [Fact]
    public void Quantiles_WhenNothingWasMeasured_AreNone() => _window.Quantiles().Should().Be(new LatencyQuantiles(null, null));

    [Fact]
    public void Quantiles_WhenMeasured_AreTimesThatWereMeasured()
    {
        foreach (var number in Enumerable.Range(1, 100).Reverse())
        {
            _window.Add(number / 1000.0);
        }

        _window.Quantiles().Should().Be(new LatencyQuantiles(50, 99));
    }

    [Fact]
    public void Quantiles_WhenAMinuteHasPassed_TellOfWhatCameSince()
    {
        _window.Add(5);
        _clock.Advance(LatencyWindow.Span);
        _window.Add(0.0000004);

        _window.Quantiles().Should().Be(new LatencyQuantiles(0.0004, 5000));
        _clock.Advance(TimeSpan.FromTicks(1));
        _window.Quantiles().Should().Be(new LatencyQuantiles(0.0004, 0.0004));
    }

    [Fact]
    public void Quantiles_WhenThreadsMeasureAtOnce_MissNone()
    {
        const int Threads = 4;
        for (var round = 0; round < 200; round++)
        {
            var window = new LatencyWindow(_clock);
            using var start = new Barrier(Threads);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                for (var i = number; i < LatencyWindow.Kept; i += Threads)
                {
                    window.Add((i + 1) / 1000.0);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            window.Quantiles().Should().Be(new LatencyQuantiles(512, 1014));
        }
    }

    [Fact]
    public void Quantiles_WhenMoreWasMeasuredThanIsKept_TellOfTheNewest()
    {
        _window.Add(9);
        for (var number = 0; number < LatencyWindow.Kept; number++)
        {
            _window.Add(1);
        }

        _window.Quantiles().Should().Be(new LatencyQuantiles(1000, 1000));
    }
}
