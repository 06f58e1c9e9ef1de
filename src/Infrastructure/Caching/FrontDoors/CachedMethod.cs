using System.Reflection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>What one method with <see cref="CachedAttribute"/> needs to be answered from the cache. Made once, when it is registered. Thread-safe.</summary>
internal sealed record CachedMethodPlan(CachedService Service, MethodInfo Method, CachedArguments Arguments, CachePolicy Policy, IReadOnlyList<string> Tags)
{
    public MethodInvoker Invoker { get; } = MethodInvoker.Create(Method);
}

/// <summary>Answers a method from the cache.</summary>
internal abstract class CachedMethod
{
    /// <summary>The ways to answer, by the kind of what the method returns.</summary>
    private static readonly Dictionary<Type, (Type Plain, Type Marked)> Kinds = new()
    {
        [typeof(Task<>)] = (typeof(TaskMethod<>), typeof(MarkedTaskMethod<>)),
        [typeof(ValueTask<>)] = (typeof(ValueTaskMethod<>), typeof(MarkedValueTaskMethod<>)),
    };

    /// <summary>Whether a method's answers can be cached, and can then carry the mark of staleness.</summary>
    public static bool TryKind(Type returns, out bool isMarked)
    {
        var isKind = returns.IsGenericType && Kinds.ContainsKey(returns.GetGenericTypeDefinition());
        isMarked = isKind && IsMarked(returns.GetGenericArguments()[0]);
        return isKind;
    }

    /// <summary>Makes the way to answer a method whose kind was found.</summary>
    public static CachedMethod Of(CachedMethodPlan plan)
    {
        var returns = plan.Method.ReturnType;
        var (plain, marked) = Kinds[returns.GetGenericTypeDefinition()];
        var value = returns.GetGenericArguments()[0];
        var type = IsMarked(value) ? marked.MakeGenericType(value.GetGenericArguments()[0]) : plain.MakeGenericType(value);
        return (CachedMethod)Activator.CreateInstance(type, plan)!;
    }

    /// <summary>Answers a call.</summary>
    /// <returns>What the method returns.</returns>
    public abstract object Answer(ICache cache, object?[] arguments);

    private static bool IsMarked(Type value) => value.IsGenericType && value.GetGenericTypeDefinition() == typeof(Cached<>);
}

/// <summary>Answers a method whose values are of one type.</summary>
internal abstract class CachedMethod<T>(CachedMethodPlan plan) : CachedMethod
{
    private static readonly CacheLoader<(CachedMethod<T> Method, CachedCall Call), T> Load =
        static (state, services, token) => state.Method.LoadAsync(state.Call, services, token);

    protected ValueTask<Cached<T>> AnswerMarked(ICache cache, object?[] arguments)
    {
        var call = plan.Arguments.Read(arguments);
        return cache.GetOrLoadAsync(call.Key, (this, call), Load, plan.Policy, plan.Tags, call.Options, call.CancellationToken);
    }

    protected static async Task<T> ValueAsync(ValueTask<Cached<T>> answer) => (await answer.ConfigureAwait(false)).Value;

    /// <summary>Takes what the service's own method returned.</summary>
    protected abstract Task<LoadResult<T>> ResultAsync(object? returned);

    /// <summary>A load cannot do with an answer that is stale already: it would be kept as a fresh one.</summary>
    protected static LoadResult<T> ResultOf(Cached<T> answer) => answer.Freshness.IsStale
        ? throw new OriginUnavailableException(answer.Freshness.StaleReason ?? StaleReason.OriginError)
        : new(answer.Value, answer.Freshness.FailedOperations);

    private Task<LoadResult<T>> LoadAsync(CachedCall call, IServiceProvider services, CancellationToken cancellationToken) =>
        ResultAsync(plan.Invoker.Invoke(plan.Service.Undecorated(services), plan.Arguments.ForLoad(call, cancellationToken).AsSpan()));
}

internal sealed class TaskMethod<T>(CachedMethodPlan plan) : CachedMethod<T>(plan)
{
    public override object Answer(ICache cache, object?[] arguments)
    {
        var answer = AnswerMarked(cache, arguments);
        return answer.IsCompletedSuccessfully ? Task.FromResult(answer.Result.Value) : ValueAsync(answer);
    }

    protected override async Task<LoadResult<T>> ResultAsync(object? returned) => await ((Task<T>)returned!).ConfigureAwait(false);
}

internal sealed class ValueTaskMethod<T>(CachedMethodPlan plan) : CachedMethod<T>(plan)
{
    public override object Answer(ICache cache, object?[] arguments)
    {
        var answer = AnswerMarked(cache, arguments);
        return answer.IsCompletedSuccessfully ? new ValueTask<T>(answer.Result.Value) : new ValueTask<T>(ValueAsync(answer));
    }

    protected override async Task<LoadResult<T>> ResultAsync(object? returned) => await ((ValueTask<T>)returned!).ConfigureAwait(false);
}

internal sealed class MarkedTaskMethod<T>(CachedMethodPlan plan) : CachedMethod<T>(plan)
{
    public override object Answer(ICache cache, object?[] arguments) => AnswerMarked(cache, arguments).ToTask();

    protected override async Task<LoadResult<T>> ResultAsync(object? returned) => ResultOf(await ((Task<Cached<T>>)returned!).ConfigureAwait(false));
}

internal sealed class MarkedValueTaskMethod<T>(CachedMethodPlan plan) : CachedMethod<T>(plan)
{
    public override object Answer(ICache cache, object?[] arguments) => new ValueTask<Cached<T>>(AnswerMarked(cache, arguments).ToTask());

    protected override async Task<LoadResult<T>> ResultAsync(object? returned) => ResultOf(await ((ValueTask<Cached<T>>)returned!).ConfigureAwait(false));
}
