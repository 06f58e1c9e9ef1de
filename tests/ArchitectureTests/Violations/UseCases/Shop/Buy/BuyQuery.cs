using MediatR;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Violations.UseCases.Shop;

public sealed record Buy : IQuery<int>;

internal sealed class BuyHandler : IRequestHandler<Buy, int>
{
    public Task<int> Handle(Buy request, CancellationToken cancellationToken) => Task.FromResult(1);
}
