using MediatR;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>An account for samples, with two completed experiments and their results. Each run of a command has two of its own: who sends it, and a neighbour.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">Its address.</param>
/// <param name="Experiments">Its experiments.</param>
/// <param name="Mediator">The way in.</param>
internal sealed record SampleUser(Guid Id, string Email, IReadOnlyList<Guid> Experiments, IMediator Mediator)
{
    /// <summary>The password of every one.</summary>
    public const string Password = "a good password";

    /// <summary>Where its requests come from.</summary>
    public const string Address = "192.0.2.1";

    /// <summary>The first of its experiments.</summary>
    public Guid ExperimentId => Experiments[0];

    /// <summary>Sends another request, to arrange what a sample needs.</summary>
    public Task<T> SendAsync<T>(IRequest<T> request) => Mediator.Send(request, CancellationToken.None);
}
