using MediatR;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.Benchmarks.Harness;
using ZiggyCreatures.Caching.Fusion;
using Answer = NeuroLab.Application.Abstractions.Caching.Cached<NeuroLab.Application.Dashboard.DashboardSummaryResponse>;

namespace NeuroLab.Benchmarks.Mediator;

/// <summary>
/// A cached query through the mediator, hot, in an open scope: the product's own query, pipeline and engine, next to MediatR alone with as many behaviours that do nothing and
/// a dictionary at the end of them, and to other caches there.
/// </summary>
internal static class MediatorBenchmark
{
    private const int Users = 100;
    private const int Sends = 1_000;

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var product = await Product.StartAsync();
        var queries = (await product.AddUsersAsync(Users, 1)).Select(static id => new GetDashboardSummary(id)).ToArray();
        using var scope = product.Services.CreateScope();
        var behaviors = scope.ServiceProvider.GetServices<IPipelineBehavior<GetDashboardSummary, Answer>>().Count();
        var ours = scope.ServiceProvider.GetRequiredService<IMediator>();
        var answers = new Dictionary<GetDashboardSummary, Answer>();
        foreach (var query in queries)
        {
            answers[query] = await ours.Send(query);
            BarePipeline.DictionaryBehavior<GetDashboardSummary, Answer>.Answers[query.Key] = Task.FromResult(answers[query]);
            BarePipeline.KeyedBehavior<GetDashboardSummary, Answer>.Answers[query] = Task.FromResult(answers[query]);
        }

        using var dictionary = BarePipeline.Create(behaviors, typeof(BarePipeline.DictionaryBehavior<,>));
        using var keyed = BarePipeline.Create(behaviors, typeof(BarePipeline.KeyedBehavior<,>));
        using var hybrid = BarePipeline.Create(behaviors, typeof(BarePipeline.HybridBehavior<,>));
        using var fusion = BarePipeline.Create(behaviors, typeof(BarePipeline.FusionBehavior<,>));
        foreach (var (query, answer) in answers)
        {
            await hybrid.GetRequiredService<HybridCache>().SetAsync(query.Key.Value, answer);
            await fusion.GetRequiredService<IFusionCache>().SetAsync(query.Key.Value, answer);
        }

        using var scopes = new Scopes();
        var cache = product.Services.GetRequiredService<ICache>();
        new Contest($"A cached query through IMediator.Send, {behaviors} behaviours, {Users} keys", "dictionary")
            .Add("MediatR, dictionary by the query's key", Sends, () => Send(scopes.Open(dictionary), queries))
            .Add("ours", Sends, () => Send(ours, queries))
            .Add("MediatR, HybridCache", Sends, () => Send(scopes.Open(hybrid), queries))
            .Add("MediatR, FusionCache", Sends, () => Send(scopes.Open(fusion), queries))
            .Add("MediatR, dictionary by the query itself, no key made", Sends, () => Send(scopes.Open(keyed), queries))
            .Add("our engine alone, the key made for each read", Sends, () => Read(cache, queries))
            .Add("the key alone", Sends, () => MakeKeys(queries))
            .Run(run.Of(3_000, 3), run.Of(1_500, 1));
    }

    private static void Send(IMediator mediator, GetDashboardSummary[] queries)
    {
        for (var i = 0; i < Sends; i++)
        {
            Check(mediator.Send(queries[i % Users]));
        }
    }

    private static void Read(ICache cache, GetDashboardSummary[] queries)
    {
        for (var i = 0; i < Sends; i++)
        {
            var query = queries[i % Users];
            Check(cache.GetOrLoadAsync<GetDashboardSummary, DashboardSummaryResponse>(
                query.Key, query, static (_, _, _) => throw new InvalidOperationException("It is cached."), query.Policy, [], default, CancellationToken.None).ToTask());
        }
    }

    private static void MakeKeys(GetDashboardSummary[] queries)
    {
        for (var i = 0; i < Sends; i++)
        {
            GC.KeepAlive(queries[i % Users].Key.Value);
        }
    }

    private static void Check(Task<Answer> answer)
    {
        if (!answer.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The query was not answered from memory.");
        }
    }

    /// <summary>One open scope for each provider.</summary>
    private sealed class Scopes : IDisposable
    {
        private readonly Dictionary<ServiceProvider, (IServiceScope Scope, IMediator Mediator)> _open = [];

        public IMediator Open(ServiceProvider services)
        {
            if (!_open.TryGetValue(services, out var open))
            {
                var scope = services.CreateScope();
                _open[services] = open = (scope, scope.ServiceProvider.GetRequiredService<IMediator>());
            }

            return open.Mediator;
        }

        public void Dispose()
        {
            foreach (var (scope, _) in _open.Values)
            {
                scope.Dispose();
            }
        }
    }
}
