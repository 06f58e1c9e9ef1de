using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>A load that has read its value and waits with it.</summary>
internal sealed class GatedLoad
{
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LoadResult<string>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bounded: a load that never begins is a failure, and not a test that never ends.</summary>
    public Task Began => _began.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public CancellationToken Token { get; private set; }

    public Task<LoadResult<string>> RunAsync(CancellationToken token)
    {
        Token = token;
        _began.TrySetResult();
        return _result.Task;
    }

    public void Finish(string value) => _result.TrySetResult(value);

    public void Fail(Exception exception) => _result.TrySetException(exception);
}
