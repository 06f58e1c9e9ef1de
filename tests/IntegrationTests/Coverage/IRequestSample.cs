using MediatR;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Sample input of a request. Implement <see cref="IRequestSample{TRequest}"/>.</summary>
internal interface IRequestSample
{
    /// <summary>Makes what the request needs beyond what every <see cref="SampleUser"/> has. Runs before each <c>Create</c>, on the same instance and for the same user: of a command once, of a query once for each user who asks it.</summary>
    Task ArrangeAsync(SampleUser user) => Task.CompletedTask;

    /// <summary>
    /// Keys that the command makes out of date whatever it writes: what was asked for by name, or what a node learns from the journal. Leave it out where the command
    /// invalidates only what reads the tables that it writes: those keys are found.
    /// </summary>
    IEnumerable<CacheKey> AlwaysInvalidated(SampleUser user) => [];

    /// <summary>The request, whatever its type.</summary>
    IBaseRequest CreateRequest(SampleUser user);
}

/// <summary>
/// Sample input of a request, with which <see cref="InvalidationCoverageTests"/> runs it. Every cacheable query and every command has at least one; several
/// where different input reads or writes different tables. It stands beside the request, in <c>&lt;Request&gt;.Sample.cs</c>, is compiled into these tests, and is found by its type:
/// <code>
/// internal sealed class RenameExperimentSample : IRequestSample&lt;RenameExperiment&gt;
/// {
///     public RenameExperiment Create(SampleUser user) =&gt; new(user.Id, user.ExperimentId, "Another name");
/// }
/// </code>
/// A command's sample is one with which it succeeds and writes.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
internal interface IRequestSample<out TRequest> : IRequestSample
    where TRequest : IBaseRequest
{
    /// <summary>The request of this user.</summary>
    TRequest Create(SampleUser user);

    /// <inheritdoc />
    IBaseRequest IRequestSample.CreateRequest(SampleUser user) => Create(user);
}
