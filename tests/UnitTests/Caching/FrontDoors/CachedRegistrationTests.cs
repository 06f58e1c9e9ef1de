using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.FrontDoors;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

#pragma warning disable CA1040, CA1716, CA1852 // Interfaces with one fault each.
internal interface IPlain
{
    Task<int> GetAsync();
}

internal interface ISynchronous
{
    [Cached]
    int Get();
}

internal interface INothing
{
    [Cached]
    void Do();
}

internal interface ITaskAlone
{
    [Cached]
    Task DoAsync();
}

internal interface IStream
{
    [Cached]
    IAsyncEnumerable<int> GetAsync();
}

internal interface IGeneric
{
    [Cached]
    Task<T> GetAsync<T>(int id);
}

internal interface IByReference
{
    [Cached]
    Task<int> GetAsync(in int id);
}

internal interface ISpan
{
    [Cached]
    Task<int> GetAsync(int id);

    int Count(ReadOnlySpan<char> text);
}

internal interface IObject
{
    [Cached]
    Task<int> GetAsync(object what);
}

internal interface IMutable
{
    [Cached]
    Task<int> GetAsync(IMutable.Filter filter);

    internal sealed class Filter
    {
        public int Id { get; set; }
    }
}

internal interface IListInside
{
    [Cached]
    Task<int> GetAsync(IListInside.Filter filter);

    internal sealed record Filter(IReadOnlyList<int> Ids);
}

internal interface IOpen
{
    [Cached]
    Task<int> GetAsync(IOpen.Filter filter);

    internal record Filter(int Id);
}

internal interface IHidden
{
    [Cached]
    Task<int> GetAsync(IHidden.Filter filter);

    internal sealed class Filter(int id)
    {
        private readonly int _id = id;

        public override string ToString() => $"{_id}";
    }
}

internal interface IRecursive
{
    [Cached]
    Task<int> GetAsync(IRecursive.Filter filter);

    internal sealed record Filter(int Id, Filter? Next);
}

internal interface IDictionaryOf
{
    [Cached]
    Task<int> GetAsync(IReadOnlyDictionary<string, int> filter);
}

internal interface ISequence
{
    [Cached]
    Task<int> GetAsync(IEnumerable<int> filter);
}

internal interface ITwoTokens
{
    [Cached]
    Task<int> GetAsync(CancellationToken one, CancellationToken other);
}

internal interface INullableOptions
{
    [Cached]
    Task<Cached<int>> GetAsync(int id, CacheReadOptions? options = null);
}

internal interface IZeroTtl
{
    [Cached(TtlSeconds = 0)]
    Task<int> GetAsync();
}

internal interface INegativeStale
{
    [Cached(StaleSeconds = -1)]
    Task<Cached<int>> GetAsync();
}

internal interface IUnmarkedStale
{
    [Cached(StaleSeconds = 60)]
    Task<int> GetAsync();
}

internal interface IBadPrefix
{
    [Cached(KeyPrefix = "a*")]
    Task<int> GetAsync();
}

internal interface IColonPrefix
{
    [Cached(KeyPrefix = "a:")]
    Task<int> GetAsync();
}

internal interface IEmptyPrefix
{
    [Cached(KeyPrefix = "")]
    Task<int> GetAsync();
}

internal interface IPlaceholder
{
    [Cached(Tags = ["a:{id}"])]
    Task<int> GetAsync(int id);
}

internal interface IEmptyTag
{
    [Cached(Tags = [""])]
    Task<int> GetAsync(int id);
}

internal interface IOverloads
{
    [Cached]
    Task<int> GetAsync(int id);

    [Cached]
    Task<int> GetAsync(string id);
}

internal interface INested
{
    [Cached(KeyPrefix = "a")]
    Task<int> GetAsync(string one, string two);

    [Cached(KeyPrefix = "a:b")]
    Task<int> GetAsync(string two);
}

internal interface IGood
{
    [Cached(KeyPrefix = "good")]
    Task<int> GetAsync(int id);
}

internal interface IDerived : IGood
{
    [Cached(KeyPrefix = "derived")]
    ValueTask<int> OtherAsync();
}

internal interface IRival
{
    [Cached(KeyPrefix = "good")]
    Task<int> GetAsync(int id);
}
#pragma warning restore CA1040, CA1716, CA1852

public sealed class CachedRegistrationTests
{
    public static TheoryData<Action<IServiceCollection>, string> Faults() => new()
    {
        { Add<IPlain>, "IPlain has no method with [Cached]." },
        { Add<ISynchronous>, "ISynchronous.Get cannot be cached: it returns neither Task<T> nor ValueTask<T>." },
        { Add<INothing>, "INothing.Do cannot be cached: it returns neither" },
        { Add<ITaskAlone>, "ITaskAlone.DoAsync cannot be cached: it returns neither" },
        { Add<IStream>, "IStream.GetAsync cannot be cached: it returns neither" },
        { Add<IGeneric>, "IGeneric.GetAsync cannot be cached: it is generic." },
        { Add<IByReference>, "IByReference.GetAsync cannot be cached: its parameter id is passed by reference." },
        { Add<ISpan>, "ISpan.Count cannot be cached: no proxy can stand in for it" },
        { Add<IObject>, "IObject.GetAsync cannot be cached: its parameter what cannot be part of a key: Object has no stable form." },
        { Add<IListInside>, "Filter.Ids: IReadOnlyList`1 can change; pass it as a parameter of its own." },
        { Add<IMutable>, "its parameter filter cannot be part of a key: Filter can change." },
        { Add<IOpen>, "Filter is not sealed, and what derives from it may hold more." },
        { Add<IHidden>, "Filter has a field that no public property shows" },
        { Add<IRecursive>, "Filter.Next: Filter contains itself." },
        { Add<IDictionaryOf>, "IReadOnlyDictionary`2 has no stable form." },
        { Add<ISequence>, "IEnumerable`1 has no stable form." },
        { Add<ITwoTokens>, "it takes two parameters of type CancellationToken." },
        { Add<INullableOptions>, "INullableOptions.GetAsync cannot be cached: its parameter options is a nullable CacheReadOptions" },
        { Add<IZeroTtl>, "IZeroTtl.GetAsync cannot be cached: its TtlSeconds must be more than zero." },
        { Add<INegativeStale>, "its StaleSeconds must be zero or more." },
        { Add<IUnmarkedStale>, "its StaleSeconds mean nothing" },
        { Add<IBadPrefix>, "its KeyPrefix has other characters than" },
        { Add<IColonPrefix>, "its KeyPrefix has other characters than" },
        { Add<IEmptyPrefix>, "its KeyPrefix has other characters than" },
        { Add<IPlaceholder>, "its tag a:{id} has braces" },
        { Add<IEmptyTag>, "IEmptyTag.GetAsync cannot be cached:" },
        { Add<IOverloads>, "IOverloads.GetAsync cannot be cached: its keys could be those of" },
        { Add<INested>, "INested.GetAsync cannot be cached: its keys could be those of" },
        { Add<CachedRegistrationTests>, "CachedRegistrationTests cannot be cached: it is not an interface." },
        { services => services.AddCached<IGood>(), "IGood is not registered: AddCached comes after its registration." },
        { services => Add<IGood>(services.AddSingleton(Never<IGood>)), "IGood is registered 2 times" },
        { services => Twice<IGood>(services), "IGood is cached already." },
        { services => { Add<IGood>(services); Add<IRival>(services); }, "IRival.GetAsync cannot be cached: its keys could be those of NeuroLab.UnitTests.Caching.FrontDoors.IGood.GetAsync" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void AddCached_WhenSomethingCannotBeCached_SaysWhatAndWhy(Action<IServiceCollection> register, string sentence)
    {
        var adding = () => register(new ServiceCollection());

        adding.Should().Throw<InvalidOperationException>().Which.Message.Should().Contain(sentence);
    }

    [Fact]
    public void AddCached_WhenTheInterfaceInheritsCachedMethods_CachesThemToo()
    {
        var services = new ServiceCollection();
        Add<IDerived>(services);

        services.Select(one => one.IsKeyedService ? null : one.ImplementationInstance).OfType<CachedService>().Single().Methods.Keys.Select(method => method.Name)
            .Should().BeEquivalentTo("GetAsync", "OtherAsync");
    }

    [Fact]
    public void AddCached_WhenAnotherDecoratorIsThere_CachesWhatItDecorates()
    {
        var services = new ServiceCollection();
        services.AddSingleton(Never<IGood>);
        services.Decorate<IGood>(inner => inner);

        var adding = () => services.AddCached<IGood>();

        adding.Should().NotThrow();
    }

    private static void Add<TService>(IServiceCollection services)
        where TService : class => services.AddSingleton(Never<TService>).AddCached<TService>();

    private static void Twice<TService>(IServiceCollection services)
        where TService : class
    {
        Add<TService>(services);
        services.AddCached<TService>();
    }

    private static TService Never<TService>(IServiceProvider services) => throw new InvalidOperationException("Nothing is resolved when it is registered.");
}
