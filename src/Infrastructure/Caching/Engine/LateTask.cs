using System.Runtime.CompilerServices;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// A task that is made for whoever asks for it before its end, or for its result: most loads end before anybody has to wait, and then there is none. Not to be copied. Thread-safe.
/// </summary>
/// <param name="options">How those who wait go on.</param>
internal struct LateTask<T>(TaskCreationOptions options)
    where T : class?
{
    /// <summary>In place of a result that is null.</summary>
    private static readonly object Nothing = new();

    /// <summary>Null at first; then a <see cref="TaskCompletionSource{T}"/>, or the result where it was there before that.</summary>
    private object? _state;

    /// <summary>The task; the same one for all who asked before its end.</summary>
    public Task<T> Task => Volatile.Read(ref _state) switch
    {
        TaskCompletionSource<T> source => source.Task,
        null => Source() is { } source ? source.Task : Task,
        var result => System.Threading.Tasks.Task.FromResult(ResultOf(result)),
    };

    /// <summary>Whether it has ended.</summary>
    public bool IsCompleted => Volatile.Read(ref _state) switch
    {
        TaskCompletionSource<T> source => source.Task.IsCompleted,
        null => false,
        _ => true,
    };

    /// <summary>Waits for its end.</summary>
    public ValueTask<T> WaitAsync(CancellationToken cancellationToken) => Volatile.Read(ref _state) switch
    {
        null or TaskCompletionSource<T> => new(Task.WaitAsync(cancellationToken)),
        var result => new(ResultOf(result)),
    };

    /// <summary>Ends it with a result, unless it has ended.</summary>
    public void TrySetResult(T result)
    {
        if ((Volatile.Read(ref _state) ?? Interlocked.CompareExchange(ref _state, result ?? Nothing, null)) is TaskCompletionSource<T> source)
        {
            source.TrySetResult(result);
        }
    }

    /// <summary>What it is ended by in another way; null where it has ended with a result that nobody waited for.</summary>
    public TaskCompletionSource<T>? Source()
    {
        var state = Volatile.Read(ref _state);
        if (state is null)
        {
            var made = new TaskCompletionSource<T>(options);
            state = Interlocked.CompareExchange(ref _state, made, null) ?? made;
        }

        return state as TaskCompletionSource<T>;
    }

    private static T ResultOf(object state) => ReferenceEquals(state, Nothing) ? default! : Unsafe.As<T>(state);
}
