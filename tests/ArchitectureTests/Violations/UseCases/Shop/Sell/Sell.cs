using FluentValidation;
using MediatR;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Violations.UseCases.Shop;

public sealed record Sell : IQuery<int>;

internal sealed class SellHandler : IRequestHandler<Sell, int>
{
    public Task<int> Handle(Sell request, CancellationToken cancellationToken) => Task.FromResult(1);
}

internal sealed class SellValidator : AbstractValidator<Sell>;
