using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.UnitTests.Caching;

public sealed class LateTaskTests
{
    [Theory]
    [InlineData("result")]
    [InlineData(null)]
    public async Task Task_WhenAskedForAfterTheEnd_HasTheResult(string? result)
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);

        late.TrySetResult(result);

        late.IsCompleted.Should().BeTrue();
        late.Task.IsCompletedSuccessfully.Should().BeTrue();
        (await late.Task).Should().Be(result);
    }

    [Theory]
    [InlineData("result")]
    [InlineData(null)]
    public async Task Task_WhenAskedForBeforeTheEnd_IsOneForAllAndEndsWithTheResult(string? result)
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);
        var (first, second) = (late.Task, late.Task);
        (late.IsCompleted, first.IsCompleted).Should().Be((false, false));

        late.TrySetResult(result);

        second.Should().BeSameAs(first).And.BeSameAs(late.Task);
        late.IsCompleted.Should().BeTrue();
        (await first).Should().Be(result);
    }

    [Fact]
    public async Task WaitAsync_WhenItHasEnded_IsOverWhateverElse()
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);
        late.TrySetResult("result");

        var wait = late.WaitAsync(new CancellationToken(canceled: true));

        wait.IsCompletedSuccessfully.Should().BeTrue();
        (await wait).Should().Be("result");
    }

    [Fact]
    public async Task WaitAsync_WhenCancelled_EndsForThatOneAlone()
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);
        using var leaving = new CancellationTokenSource();
        var (one, other) = (late.WaitAsync(leaving.Token).AsTask(), late.WaitAsync(CancellationToken.None).AsTask());

        await leaving.CancelAsync();
        late.TrySetResult("result");

        await FluentActions.Awaiting(() => one).Should().ThrowAsync<OperationCanceledException>();
        (await other).Should().Be("result");
    }

    [Fact]
    public async Task TrySetResult_WhenItHasEnded_ChangesNothing()
    {
        var (asked, unasked) = (new LateTask<string?>(TaskCreationOptions.None), new LateTask<string?>(TaskCreationOptions.None));
        var task = asked.Task;
        asked.TrySetResult("first");
        unasked.TrySetResult("first");

        asked.TrySetResult("second");
        unasked.TrySetResult("second");

        (await task, await unasked.Task).Should().Be(("first", "first"));
    }

    [Fact]
    public async Task Source_WhenItHasNotEnded_EndsItByAnException()
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);
        var task = late.Task;

        late.Source()!.TrySetException(new TimeoutException());
        late.TrySetResult("too late");

        late.IsCompleted.Should().BeTrue();
        await FluentActions.Awaiting(() => task).Should().ThrowAsync<TimeoutException>();
        await FluentActions.Awaiting(() => late.WaitAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<TimeoutException>();
    }

    [Fact]
    public async Task Task_WhenAskedForAfterAnException_HasIt()
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);

        late.Source()!.TrySetException(new TimeoutException());

        await FluentActions.Awaiting(() => late.Task).Should().ThrowAsync<TimeoutException>();
    }

    [Theory]
    [InlineData(TaskCreationOptions.None)]
    [InlineData(TaskCreationOptions.RunContinuationsAsynchronously)]
    public void Task_WhenMade_LetsThoseWhoWaitGoOnAsTold(TaskCreationOptions options) =>
        new LateTask<string?>(options).Task.CreationOptions.Should().Be(options);

    [Fact]
    public void Source_WhenItHasEndedUnasked_IsNone()
    {
        var late = new LateTask<string?>(TaskCreationOptions.None);

        late.TrySetResult("result");

        (late.Source() is null).Should().BeTrue();
    }

    [Fact]
    public async Task Task_WhenAskedForWhileItEnds_EndsForEveryone()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var holder = new Holder();
            using var start = new Barrier(3);
            var askers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();
                return holder.Late.Task;
            })).ToList();
            start.SignalAndWait();
            holder.Late.TrySetResult("result");

            (await Task.WhenAll(askers).WaitAsync(TimeSpan.FromSeconds(30))).Should().Equal("result", "result");
        }
    }

    private sealed class Holder
    {
        public LateTask<string?> Late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
