using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.UnitTests.Caching.Diagnostics;

public sealed class ThreadLocalCounterTests
{
    [Fact]
    public void Value_OfManyThreadsThatComeAndGo_MissesNothing()
    {
        var (one, other) = (new ThreadLocalCounter(), new ThreadLocalCounter());
        for (var round = 0; round < 20; round++)
        {
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    one.Increment();
                    if (i % 10 == 0)
                    {
                        other.Increment();
                    }
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            one.Value.Should().Be((round + 1) * 4_000);
            other.Value.Should().Be((round + 1) * 400);
        }
    }

    [Fact]
    public void Here_IsWhatThisThreadAdded()
    {
        var counter = new ThreadLocalCounter();
        counter.Increment();
        var thread = new Thread(counter.Increment);
        thread.Start();
        thread.Join();

        (counter.Here, counter.Value).Should().Be((1, 2));
    }
}
